// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Import.Sigma;

/// <summary>Makes our rules of Sigma's for processes that are started on Linux. A file may have several, each a document of its own.</summary>
/// <remarks>Source: the Sigma rules specification, version 2.</remarks>
public sealed class SigmaImport
{
    private static readonly Dictionary<string, int> Severities = new(StringComparer.OrdinalIgnoreCase)
    {
        ["informational"] = 1,
        ["low"] = 3,
        ["medium"] = 5,
        ["high"] = 8,
        ["critical"] = 10,
    };

    // Processes that ran before the agent are told as if they were executed.
    private static readonly Condition Created = Condition.Test("!event.snapshot");

    private readonly RuleWriter _writer;
    private readonly RuleNames _names = new();

    private SigmaImport(bool isStrict) => _writer = new RuleWriter(isStrict);

    /// <param name="isStrict">A rule that would mean less or more than the original is not taken over.</param>
    public static RuleImport Read(IEnumerable<ImportSource> sources, bool isStrict)
    {
        var import = new SigmaImport(isStrict);
        foreach (ImportSource source in sources)
        {
            import.Add(source);
        }

        return import._writer.Result;
    }

    private void Add(ImportSource source)
    {
        try
        {
            foreach (ImportValue document in ImportDocuments.Read(source.Text))
            {
                Add(source.Name, document);
            }
        }
        catch (FormatException e)
        {
            _writer.Note(source.Name, 0, ImportRemarkKind.Refused, e.Message);
        }
    }

    private void Add(string source, ImportValue document)
    {
        string name = document["title"]?.Text ?? document["id"]?.Text ?? "(no title)";
        try
        {
            if (Foreign(document) is { } reason)
            {
                _writer.Refuse(source, document.Line, name, [reason]);
                return;
            }

            Condition condition = ConditionOf(document["detection"]!);
            string[] lacks = [.. condition.Lacks()];
            if (lacks.Length > 0 || condition == Condition.False)
            {
                _writer.Refuse(source, document.Line, name, lacks.Length > 0 ? lacks : ["no event fulfils its condition"]);
                return;
            }

            Write(source, document, name, condition);
        }
        catch (FormatException e)
        {
            _writer.Refuse(source, document.Line, name, [e.Message]);
        }
    }

    // What is no rule of processes on Linux.
    private static string? Foreign(ImportValue document)
    {
        if (document is not ImportMapping)
        {
            return "a Sigma rule is a map";
        }

        foreach (string other in (string[])["correlation", "filter", "action"])
        {
            if (document[other] is not null)
            {
                return $"document of kind {other}";
            }
        }

        string Part(string name) => document["logsource"]?[name]?.Text ?? string.Empty;
        return Part("product") != "linux" || Part("category") != "process_creation" || Part("service").Length > 0
            ? $"log source product={Part("product")} category={Part("category")} service={Part("service")}"
            : document["status"]?.Text == "unsupported" ? "status unsupported"
            : document["detection"] is not ImportMapping ? "it has no detection" : null;
    }

    private static Condition ConditionOf(ImportValue detection)
    {
        long parts = 0;
        var searches = new Dictionary<string, Func<Condition>>(StringComparer.Ordinal);
        foreach ((string name, ImportValue search) in ((ImportMapping)detection).Members)
        {
            if (name is not ("condition" or "timeframe"))
            {
                // A condition may name a search many times, and aliases of YAML make long searches out of a few characters.
                Condition? made = null;
                searches.Add(name, () => (parts += search.Weight) <= ImportLimits.MaxConditionParts
                    ? made ??= SigmaSearch.Of(search)
                    : throw new FormatException($"the condition has more than {ImportLimits.MaxConditionParts} parts"));
            }
        }

        if (detection["timeframe"] is not null)
        {
            return Condition.Lacking("operator timeframe");
        }

        ImportValue? condition = detection["condition"];
        string[] texts = condition is ImportSequence list ? [.. list.Values.Select(one => one.Text).OfType<string>()] : condition?.Text is { } text ? [text] : [];
        return texts.Length == 0 ? throw new FormatException("it has no condition") : Condition.Any(texts.Select(one => SigmaCondition.Of(one, searches)));
    }

    private void Write(string source, ImportValue document, string name, Condition condition)
    {
        var said = new List<Approximation>(condition.Approximations());
        if (!Severities.TryGetValue(document["level"]?.Text ?? string.Empty, out int severity))
        {
            severity = Severities["medium"];
            said.Add(new Approximation(ImportRemarkKind.Note, "it has no level of Sigma's: taken as medium"));
        }

        bool isDeprecated = document["status"]?.Text == "deprecated";
        if (isDeprecated)
        {
            said.Add(new Approximation(ImportRemarkKind.Note, "status deprecated: written, and not enabled"));
        }

        string[] tags = [.. (document["tags"]?.Items ?? []).Take(ImportLimits.MaxTags).Select(tag => tag.Text).OfType<string>()];
        (string tactic, string technique) = MitreTags.Of(tags);
        _writer.Add(source, document.Line, name, new RuntimeRule
        {
            Enabled = !isDeprecated,
            Id = _names.IdOf("sigma-", document["id"]?.Text ?? name),
            Name = name,
            Description = Description(document),
            Severity = severity,
            ProfileDependency = (int)ProfileDependency.NotRequired,
            IsTriggerAlert = true,
            MitreTactic = tactic,
            MitreTechnique = technique,
            Tags = [.. RuleWriter.AllScopes.Concat(tags.Where(tag => !tag.StartsWith("context:", StringComparison.Ordinal))).Distinct()],
            Expressions = new RuleExpressions
            {
                Message = $"[{CelLiteral.Of(name + ": ")}, event.exepath, ' (', event.args.join(' '), ') by ', event.pcomm].join('')",
                UniqueId = RuleWriter.UniqueId,
                RuleExpression = [new RuleExpression { EventType = RuleEventTypes.NameOf(RuleEventType.Exec), Expression = Condition.All(Created, condition).ToCel() }],
            },
        }, said);
    }

    // The authors of published rules are to be named wherever the rule goes.
    private static string Description(ImportValue document) => string.Join("\n", ((string?[])[
        document["description"]?.Text?.Trim(),
        (document["falsepositives"]?.Items ?? []).Take(ImportLimits.MaxTags).Select(one => one.Text).OfType<string>().ToArray() is { Length: > 0 } cases ? "False positives: " + string.Join("; ", cases) : null,
        document["author"]?.Text is { } author ? $"Author: {author}" : null,
        document["id"]?.Text is { } id ? $"Sigma rule {id}" : null,
        document["license"]?.Text is { } license ? $"License: {license}" : null,
    ]).OfType<string>());
}
