// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>The variables of one container's programs. Bounded: a variable with too many values has any value, for all programs.</summary>
/// <remarks>How many values make it any is counted over the whole container, so merging in any order ends in the same sets.</remarks>
internal sealed class EnvironmentPool
{
    /// <summary>Units: values of one variable.</summary>
    public const int MaxValues = 16;

    /// <summary>Units: names; there are fewer that the probes look for.</summary>
    public const int MaxNames = 64;

    /// <summary>Units: bytes of <c>NAME=VALUE</c>. The probes cut one that is longer, and a part of a value is another value.</summary>
    public const int MaxLength = 1022;

    private const int MaxShared = 256;

    private readonly Dictionary<byte[], HashSet<byte[]>?> _names = new(BytesComparer.Instance); // null: any value
    private readonly Dictionary<EnvironmentSet, EnvironmentSet> _shared = [];

    /// <summary>Variables of which the values are not told apart any more.</summary>
    public int AnyCount { get; private set; }

    /// <summary>Variables for which there was no room.</summary>
    public long Dropped { get; private set; }

    /// <param name="environment">Shape: variables, each ended by NUL.</param>
    /// <param name="widened">A variable has any value from now on: all sets have to be taken through <see cref="Widen"/>.</param>
    /// <returns>The set with them; the same one when they are all in it, and then nothing is allocated.</returns>
    public EnvironmentSet Unite(EnvironmentSet set, ReadOnlySpan<byte> environment, out bool widened)
    {
        widened = false;
        while (!environment.IsEmpty)
        {
            int end = environment.IndexOf((byte)0);
            ReadOnlySpan<byte> variable = end < 0 ? environment : environment[..end];
            environment = end < 0 ? [] : environment[(end + 1)..];
            if (variable.IsEmpty || set.Contains(variable))
            {
                continue;
            }

            int equals = variable.IndexOf((byte)'=');
            byte[] name = (equals < 0 ? variable : variable[..equals]).ToArray();
            set = Note(name, equals < 0 || variable.Length > MaxLength ? null : variable.ToArray(), ref widened) is { } noted ? With(set, noted) : set;
        }

        return widened ? Widen(set) : Shared(set);
    }

    /// <returns>The set as it is when some of its variables have any value.</returns>
    public EnvironmentSet Widen(EnvironmentSet set)
    {
        if (!Array.Exists(set.Variables, variable => !ReferenceEquals(Widened(variable), variable)))
        {
            return set;
        }

        var variables = new SortedSet<byte[]>(set.Variables.Select(Widened), Order);
        return Shared(new EnvironmentSet([.. variables]));
    }

    private static Comparer<byte[]> Order { get; } = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private static EnvironmentSet With(EnvironmentSet set, byte[] variable)
    {
        // One with any value makes its values needless.
        IEnumerable<byte[]> kept = variable.AsSpan().IndexOf((byte)'=') >= 0 ? set.Variables
            : set.Variables.Where(known => !(known.Length > variable.Length && known[variable.Length] == (byte)'=' && known.AsSpan().StartsWith(variable)));
        return new EnvironmentSet([.. new SortedSet<byte[]>(kept.Append(variable), Order)]);
    }

    // What the set shall hold: the variable, or its name when it has any value; null when there is no room for one more name.
    private byte[]? Note(byte[] name, byte[]? variable, ref bool widened)
    {
        if (!_names.TryGetValue(name, out HashSet<byte[]>? values))
        {
            if (_names.Count >= MaxNames)
            {
                Dropped++;
                return null;
            }

            _names[name] = values = new HashSet<byte[]>(BytesComparer.Instance);
        }

        if (values is not null && (variable is null || (values.Add(variable) && values.Count > MaxValues)))
        {
            _names[name] = values = null;
            AnyCount++;
            widened = true;
        }

        return values is null ? name : variable;
    }

    private byte[] Widened(byte[] variable)
    {
        int end = variable.AsSpan().IndexOf((byte)'=');
        if (end < 0)
        {
            return variable;
        }

        byte[] name = variable[..end];
        return _names.TryGetValue(name, out HashSet<byte[]>? values) && values is null ? name : variable;
    }

    private EnvironmentSet Shared(EnvironmentSet set)
    {
        if (_shared.TryGetValue(set, out EnvironmentSet? shared))
        {
            return shared;
        }

        if (_shared.Count >= MaxShared)
        {
            _shared.Clear(); // only sharing is lost
        }

        return _shared[set] = set;
    }
}
