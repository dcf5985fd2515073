// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.RuntimeRules;

namespace NodeAgent.Rules.Loading;

/// <summary>The rules, bindings and exceptions of a text: YAML of one or more documents, or JSON.</summary>
public sealed record RuleDocuments(IReadOnlyList<RulesObject> Rules, IReadOnlyList<RuntimeRuleAlertBinding> Bindings)
{
    public IReadOnlyList<RuleException> Exceptions { get; init; } = [];

    public static RuleDocuments None { get; } = new([], []);

    /// <summary>These and those of another source.</summary>
    public RuleDocuments With(RuleDocuments others) => new([.. Rules, .. others.Rules], [.. Bindings, .. others.Bindings]) { Exceptions = [.. Exceptions, .. others.Exceptions] };

    /// <exception cref="FormatException">The message says where.</exception>
    public static RuleDocuments Parse(TextReader text)
    {
        var rules = new List<RulesObject>();
        var bindings = new List<RuntimeRuleAlertBinding>();
        var exceptions = new List<RuleException>();
        foreach (JsonNode document in YamlText.ParseAll(text).OfType<JsonNode>().SelectMany(Items))
        {
            string kind = (document as JsonObject)?["kind"] is JsonValue value && value.TryGetValue(out string? name) ? name : string.Empty;
            try
            {
                switch (kind)
                {
                    case RulesObject.KindName:
                        rules.Add(document.Deserialize(RuleJsonContext.Readable.RulesObject)!);
                        break;
                    case RuntimeRuleAlertBinding.KindName:
                        bindings.Add(document.Deserialize(RuleJsonContext.Readable.RuntimeRuleAlertBinding)!);
                        break;
                    case RuleException.KindName:
                        exceptions.Add(document.Deserialize(RuleJsonContext.Readable.RuleException)!);
                        break;
                    default:
                        throw new FormatException($"kind '{kind}' is none of {RulesObject.KindName}, {RuntimeRuleAlertBinding.KindName} and {RuleException.KindName}");
                }
            }
            catch (JsonException e)
            {
                throw new FormatException($"{kind} {document["metadata"]?["name"]}: {e.Path}: {e.Message}", e);
            }
        }

        return new RuleDocuments(rules, bindings) { Exceptions = exceptions };
    }

    private static IEnumerable<JsonNode> Items(JsonNode document) =>
        document is JsonObject list && list["kind"]?.ToString().EndsWith("List", StringComparison.Ordinal) == true && list["items"] is JsonArray items
            ? items.OfType<JsonNode>()
            : [document];
}
