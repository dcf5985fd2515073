// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Environments beside the entries of a table, by their places. Costs nothing while there are none.</summary>
internal sealed class PlacedEnvironments
{
    private EnvironmentSet?[] _sets = [];

    public bool IsEmpty => _sets.Length == 0;

    public EnvironmentSet? this[int place]
    {
        get => place < _sets.Length ? _sets[place] : null;
        set
        {
            if (value is null)
            {
                return;
            }

            if (place >= _sets.Length)
            {
                Array.Resize(ref _sets, place + 4 + (place / 4));
            }

            _sets[place] = value;
        }
    }

    public IEnumerable<EnvironmentSet> All => _sets.OfType<EnvironmentSet>();

    /// <summary>Some variables have any value now.</summary>
    public void Widen(EnvironmentPool pool)
    {
        for (int i = 0; i < _sets.Length; i++)
        {
            _sets[i] = _sets[i] is { } set ? pool.Widen(set) : null;
        }
    }

    /// <returns>Shorter than the table when the rest has none.</returns>
    public EnvironmentSet?[] Capture() => [.. _sets];
}
