// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Resources;

/// <summary>Members without which an object is not taken. The contracts do not say it: whoever reads must bear what others stored.</summary>
internal static class RequiredFields
{
    private static readonly Dictionary<Type, IReadOnlyList<string>> Table = new()
    {
        [typeof(RulesObject)] = ["spec"],
        [typeof(RulesSpec)] = ["rules"],
        [typeof(RuntimeRule)] =
        [
            "enabled", "id", "name", "description", "expressions", "profileDependency", "severity", "supportPolicy", "isTriggerAlert", "mitreTechnique", "mitreTactic",
        ],
        [typeof(RuleExpressions)] = ["message", "uniqueId", "ruleExpression"],
        [typeof(RuleExpression)] = ["eventType", "expression"],
        [typeof(RuntimeRuleAlertBinding)] = ["spec"],
        [typeof(RuntimeRuleAlertBindingSpec)] = ["rules"],
        [typeof(RuleException)] = ["spec"],
        [typeof(RuleExceptionSpec)] = ["reason"],
    };

    public static IReadOnlyList<string> Of(Type type) => Table.GetValueOrDefault(type, []);

    /// <returns>Paths of what is missing. Shape: <c>spec.rules[0].id</c>.</returns>
    public static IReadOnlyList<string> Missing(JsonObject root, JsonTypeInfo type)
    {
        var missing = new List<string>();
        Walk(root, type, string.Empty, missing);
        return missing;
    }

    private static void Walk(JsonNode? node, JsonTypeInfo type, string path, List<string> missing)
    {
        if (node is JsonArray items && type.Kind == JsonTypeInfoKind.Enumerable)
        {
            for (int i = 0; i < items.Count; i++)
            {
                Walk(items[i], TypeModel.Resolve(type, type.ElementType!), $"{path}[{i}]", missing);
            }
        }
        else if (node is JsonObject members && type.Kind == JsonTypeInfoKind.Object)
        {
            missing.AddRange(Of(type.Type).Where(name => members[name] is null).Select(name => Join(path, name)));
            foreach (JsonPropertyInfo property in type.Properties)
            {
                Walk(members[property.Name], TypeModel.Resolve(type, property.PropertyType), Join(path, property.Name), missing);
            }
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
