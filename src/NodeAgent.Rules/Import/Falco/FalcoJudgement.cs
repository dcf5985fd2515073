// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>A rule's condition, split by our event types: one expression for each type on which it can hold.</summary>
/// <remarks>
/// The condition is decided for each of Falco's events apart. Where several of them are one event type of ours, the expressions are joined by or, each
/// behind what tells its event; where nothing tells them, the rule is judged on all alike, and if that makes a difference it is said.
/// </remarks>
internal sealed class FalcoJudgement
{
    private readonly List<(RuleEventType Type, Condition Condition)> _expressions = [];
    private readonly List<FalcoEvent> _events = [];
    private readonly List<(string Event, bool IsPossible, Approximation What)> _said = [];
    private readonly List<string> _lacks = [];
    private readonly List<Approximation> _approximations = [];

    private FalcoJudgement()
    {
    }

    public IReadOnlyList<(RuleEventType Type, Condition Condition)> Expressions => _expressions;

    /// <summary>Those of Falco's on which it is judged.</summary>
    public IReadOnlyList<FalcoEvent> Events => _events;

    /// <summary>What would be needed to judge it on more events.</summary>
    public IReadOnlyList<string> Lacks => _lacks;

    public IReadOnlyList<Approximation> Approximations => _approximations;

    public static FalcoJudgement Of(FalcoExpression expression, FalcoTranslator translator)
    {
        translator.Asked.Clear();
        var judgement = new FalcoJudgement();
        foreach (IGrouping<RuleEventType, FalcoEvent> type in FalcoEvents.All.GroupBy(one => one.Type!.Value))
        {
            judgement.Add(type.Key, [.. type.Select(one => (one, judgement.Translate(expression, one, translator)))]);
        }

        judgement.AddOthers(expression, translator);
        Approximation[] said = [.. judgement._said.Where(one => one.IsPossible || translator.Asked.Contains(one.Event)).Select(one => one.What).Distinct()];
        judgement._approximations.AddRange(said);
        judgement._lacks.AddRange(said.Where(_ => judgement._expressions.Count == 0).Select(one => one.Message));
        judgement._approximations.AddRange(judgement._lacks.Distinct(StringComparer.Ordinal).Select(lack =>
            new Approximation(ImportRemarkKind.MeansLess, $"not judged where it needs {lack}")));
        return judgement;
    }

    private Condition Translate(FalcoExpression expression, FalcoEvent @event, FalcoTranslator translator)
    {
        Condition condition = translator.Translate(expression, @event);
        _said.AddRange(translator.Said.Select(one => (@event.Name, condition != Condition.False, one)));
        return condition;
    }

    private void Add(RuleEventType type, (FalcoEvent Event, Condition Condition)[] all)
    {
        (FalcoEvent Event, Condition Condition)[] possible = [.. all.Where(one => one.Condition != Condition.False)];
        string[] lacks = [.. possible.SelectMany(one => one.Condition.Lacks())];
        if (possible.Length == 0 || lacks.Length > 0)
        {
            _lacks.AddRange(lacks);
            return;
        }

        foreach (var alike in all.GroupBy(one => one.Event.Guard))
        {
            Condition[] conditions = [.. alike.Select(one => one.Condition).Distinct()];
            if (conditions.Length > 1)
            {
                string quiet = string.Join(", ", alike.Where(one => one.Condition == Condition.False).Select(one => one.Event.Name));
                string loud = string.Join(", ", alike.Where(one => one.Condition != Condition.False).Select(one => one.Event.Name));
                _approximations.Add(new Approximation(ImportRemarkKind.MeansMore, quiet.Length > 0
                    ? $"{quiet} cannot be told from {loud}: judged alike"
                    : $"{loud} cannot be told apart: judged alike"));
            }
        }

        Condition joined = Condition.Any(possible.Select(one => one.Event.Guard is { } guard ? Condition.All(Condition.Test(guard), one.Condition) : one.Condition));
        _expressions.Add((type, joined));
        _events.AddRange(possible.Select(one => one.Event));
        _approximations.AddRange(possible.SelectMany(one => one.Event.Remark is { } remark ? [remark] : Array.Empty<Approximation>()));
        _approximations.AddRange(joined.Approximations());
    }

    // The events that the rule asks for and we have not; and whether it asks for none, which means all.
    private void AddOthers(FalcoExpression expression, FalcoTranslator translator)
    {
        HashSet<string> known = [.. FalcoEvents.All.Select(one => one.Name)];
        foreach (string name in translator.Asked.Where(name => !known.Contains(name)).Order(StringComparer.Ordinal).ToArray())
        {
            if (Translate(expression, FalcoEvents.Other(name), translator) != Condition.False)
            {
                _lacks.Add($"event {name}");
            }
        }

        if (translator.Translate(expression, FalcoEvents.Other(string.Empty)) != Condition.False)
        {
            string judged = string.Join(", ", _expressions.Select(one => RuleEventTypes.NameOf(one.Type)));
            _approximations.Add(new Approximation(ImportRemarkKind.MeansLess, $"it asks for no event type: of all events it is judged on {judged}"));
        }
    }
}
