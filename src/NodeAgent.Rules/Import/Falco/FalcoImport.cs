// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>Makes our rules of Falco's: the files are read in their order, as one set.</summary>
public sealed class FalcoImport
{
    private static readonly Dictionary<string, int> Severities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EMERGENCY"] = 10,
        ["ALERT"] = 10,
        ["CRITICAL"] = 9,
        ["ERROR"] = 8,
        ["WARNING"] = 6,
        ["NOTICE"] = 4,
        ["INFORMATIONAL"] = 2,
        ["INFO"] = 2,
        ["DEBUG"] = 1,
    };

    private readonly RuleWriter _writer;
    private readonly FalcoDefinitions _definitions;
    private readonly FalcoTranslator _translator;
    private readonly RuleNames _names = new();

    private FalcoImport(bool isStrict)
    {
        _writer = new RuleWriter(isStrict);
        _definitions = new FalcoDefinitions(_writer);
        _translator = new FalcoTranslator(_definitions);
    }

    /// <param name="isStrict">A rule that would mean less or more than the original is not taken over.</param>
    public static RuleImport Read(IEnumerable<ImportSource> sources, bool isStrict)
    {
        var import = new FalcoImport(isStrict);
        foreach (ImportSource source in sources)
        {
            import._definitions.Read(source);
        }

        foreach (FalcoRule rule in import._definitions.Rules)
        {
            import.Add(rule);
        }

        return import._writer.Result;
    }

    private void Add(FalcoRule rule)
    {
        try
        {
            if (rule.Faults.Count > 0)
            {
                _writer.Refuse(rule.Source, rule.Line, rule.Name, rule.Faults);
            }
            else if (rule.Tags.Count > ImportLimits.MaxTags || rule.Exceptions.Count > ImportLimits.MaxTags)
            {
                _writer.Refuse(rule.Source, rule.Line, rule.Name, [$"it has more than {ImportLimits.MaxTags} tags or exceptions"]);
            }
            else if (rule.EventSource != "syscall")
            {
                _writer.Refuse(rule.Source, rule.Line, rule.Name, [$"event source {rule.EventSource}"]);
            }
            else if (string.IsNullOrWhiteSpace(rule.Condition))
            {
                _writer.Refuse(rule.Source, rule.Line, rule.Name, ["it has no condition"]);
            }
            else
            {
                Translate(rule);
            }
        }
        catch (FormatException e)
        {
            _writer.Refuse(rule.Source, rule.Line, rule.Name, [e.Message]);
        }
    }

    private void Translate(FalcoRule rule)
    {
        FalcoExpression condition = FalcoExceptions.Applied(FalcoConditionParser.Parse(rule.Condition!), rule.Exceptions);
        FalcoJudgement judgement = FalcoJudgement.Of(condition, _translator);
        if (judgement.Expressions.Count == 0)
        {
            _writer.Refuse(rule.Source, rule.Line, rule.Name, judgement.Lacks.Count > 0 ? judgement.Lacks : ["no event fulfils its condition"]);
            return;
        }

        var said = new List<Approximation>(judgement.Approximations);
        if (!Severities.TryGetValue(rule.Priority, out int severity))
        {
            severity = Severities["WARNING"];
            said.Add(new Approximation(ImportRemarkKind.Note, $"priority '{rule.Priority}' is none of Falco's: taken as WARNING"));
        }

        (string tactic, string technique) = MitreTags.Of(rule.Tags);
        _writer.Add(rule.Source, rule.Line, rule.Name, new RuntimeRule
        {
            Enabled = rule.Enabled,
            Id = _names.IdOf("falco-", rule.Name),
            Name = rule.Name,
            Description = rule.Description,
            Severity = severity,
            ProfileDependency = (int)ProfileDependency.NotRequired,
            IsTriggerAlert = true,
            MitreTactic = tactic,
            MitreTechnique = technique,
            Tags = [.. ScopesOf(judgement).Concat(rule.Tags.Where(tag => !tag.StartsWith("context:", StringComparison.Ordinal))).Distinct()],
            Expressions = new RuleExpressions
            {
                Message = FalcoOutput.ToCel(rule.Output, rule.Name, judgement.Events, said),
                UniqueId = RuleWriter.UniqueId,
                RuleExpression = [.. judgement.Expressions.Select(one => new RuleExpression { EventType = RuleEventTypes.NameOf(one.Type), Expression = one.Condition.ToCel() })],
            },
        }, said);
    }

    // What is judged in containers only need not be asked of the rest of the machine, nor the other way round.
    private static IEnumerable<string> ScopesOf(FalcoJudgement judgement)
    {
        Condition onHost = Condition.Test(FalcoFields.OnHost);
        return judgement.Expressions.All(one => Requires(one.Condition, Condition.Not(onHost))) ? RuleWriter.ContainerScopes
            : judgement.Expressions.All(one => Requires(one.Condition, onHost)) ? RuleWriter.HostScopes
            : RuleWriter.AllScopes;
    }

    private static bool Requires(Condition condition, Condition part) => condition == part || condition switch
    {
        RowCondition { IsAnd: true } row => row.Parts.Any(one => Requires(one, part)),
        RowCondition row => row.Parts.All(one => Requires(one, part)),
        _ => false,
    };
}
