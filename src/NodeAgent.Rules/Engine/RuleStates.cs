// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Engine;

/// <summary>The counters of every rule that was ever judged by, by id: a set that is replaced goes on where it was. The loop's thread adds, any reads.</summary>
internal sealed class RuleStates
{
    private readonly Dictionary<string, RuleState> _byId = new(StringComparer.Ordinal);
    private RuleState[] _all = [];

    public IReadOnlyList<RuleState> All => Volatile.Read(ref _all);

    public RuleState At(int index) => _all[index];

    public RuleState Of(string id)
    {
        if (!_byId.TryGetValue(id, out RuleState? state))
        {
            _byId[id] = state = new RuleState(_byId.Count, id);
            Volatile.Write(ref _all, [.. _all, state]);
        }

        return state;
    }
}
