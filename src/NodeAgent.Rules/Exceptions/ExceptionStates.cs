// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Engine;

namespace NodeAgent.Rules.Exceptions;

/// <summary>What exceptions keep back, by exception and by rule. The loop's thread counts, any thread reads.</summary>
internal sealed class ExceptionStates
{
    /// <summary>Units: pairs of rule and exception that are counted each by itself; it bounds what a scrape of metrics gets.</summary>
    public const int MaxPairs = 1024;

    /// <summary>What stands for the pairs beyond.</summary>
    public const string Others = "others";

    private readonly Dictionary<(int Rule, string Exception), SuppressionCount> _pairs = [];
    private readonly SuppressionCount _others = new(Others, Others);
    private Dictionary<string, ExceptionState> _byName = new(StringComparer.Ordinal);
    private SuppressionCount[] _all = [];

    public IReadOnlyList<SuppressionCount> All => Volatile.Read(ref _all);

    /// <summary>Gives each exception its counters: those of before, where one of the name was there. Those of exceptions that are gone are dropped.</summary>
    public void Adopt(IReadOnlyList<CompiledException> exceptions)
    {
        var kept = new Dictionary<string, ExceptionState>(StringComparer.Ordinal);
        foreach (CompiledException exception in exceptions)
        {
            ExceptionState state = _byName.GetValueOrDefault(exception.Name) ?? new ExceptionState(exception.Name);
            kept[exception.Name] = exception.State = state;
        }

        foreach ((int Rule, string Exception) gone in _pairs.Keys.Where(pair => !kept.ContainsKey(pair.Exception)).ToArray())
        {
            _pairs.Remove(gone);
        }

        _byName = kept;
        Publish();
    }

    public void Count(CompiledException exception, RuleState rule, ulong occurrences)
    {
        long count = (long)Math.Min(occurrences, uint.MaxValue);
        rule.SuppressedByException += count;
        exception.State.Suppressed += count;
        if (!_pairs.TryGetValue((rule.Index, exception.Name), out SuppressionCount? pair))
        {
            pair = Add(exception, rule);
        }

        pair.Count += count;
    }

    private SuppressionCount Add(CompiledException exception, RuleState rule)
    {
        if (_pairs.Count >= MaxPairs)
        {
            return _others;
        }

        SuppressionCount pair = _pairs[(rule.Index, exception.Name)] = new SuppressionCount(rule.Id, exception.Name);
        Publish();
        return pair;
    }

    private void Publish() => Volatile.Write(ref _all, [.. _pairs.Values, _others]);
}

/// <summary>Occurrences that one exception kept back of one rule.</summary>
internal sealed class SuppressionCount(string ruleId, string exception)
{
    public readonly string RuleId = ruleId;
    public readonly string Exception = exception;
    public long Count;
}
