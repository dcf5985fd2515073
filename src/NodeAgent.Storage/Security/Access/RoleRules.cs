// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Security.Access;

/// <summary>Rights of a machine that stands alone, from a file.</summary>
/// <remarks>
/// Shape, YAML: <c>rules:</c>, a list of <c>users</c> and <c>groups</c> (one is enough to match), <c>verbs</c>, and <c>apiGroups</c>, <c>resources</c>,
/// <c>namespaces</c>, <c>resourceNames</c> or <c>nonResourceURLs</c>. <c>*</c> is all; namespaces and names that are left out are all;
/// <c>resources</c> has <c>plural/subresource</c> for a subresource; an address may end with <c>*</c>. Words are those of Kubernetes' RBAC.
/// </remarks>
public sealed class RoleRules
{
    private static readonly string[] Fields = ["users", "groups", "verbs", "apiGroups", "resources", "namespaces", "resourceNames", "nonResourceURLs"];

    private readonly IReadOnlyList<Rule> _rules;

    private RoleRules(IReadOnlyList<Rule> rules) => _rules = rules;

    /// <exception cref="FormatException">The message says which rule and why.</exception>
    public static RoleRules Parse(string yaml)
    {
        JsonNode? root = YamlText.Parse(yaml);
        if (root is not JsonObject { Count: 1 } file || file["rules"] is not JsonArray rules)
        {
            throw new FormatException("expected 'rules:' and a list, and nothing else");
        }

        return new RoleRules([.. rules.Select((rule, index) => ParseRule(rule, $"rules[{index}]"))]);
    }

    internal bool Allow(AccessRequest request) => _rules.Any(rule => rule.Allows(request));

    private static Rule ParseRule(JsonNode? node, string where)
    {
        JsonObject rule = node as JsonObject ?? throw new FormatException($"{where}: expected a mapping");
        if (rule.FirstOrDefault(member => !Fields.Contains(member.Key)).Key is { } unknown)
        {
            throw new FormatException($"{where}: unknown field '{unknown}'; there are {string.Join(", ", Fields)}");
        }

        Dictionary<string, string[]> lists = Fields.ToDictionary(field => field, field => Words(rule[field], $"{where}.{field}"));
        if (lists["users"].Length + lists["groups"].Length == 0 || lists["verbs"].Length == 0)
        {
            throw new FormatException($"{where}: needs users or groups, and verbs");
        }

        bool resources = lists["resources"].Length > 0 && lists["apiGroups"].Length > 0;
        if (resources == (lists["nonResourceURLs"].Length > 0))
        {
            throw new FormatException($"{where}: needs apiGroups and resources, or else nonResourceURLs");
        }

        return new Rule(lists["users"], lists["groups"], lists["verbs"], lists["apiGroups"], lists["resources"], lists["namespaces"], lists["resourceNames"], lists["nonResourceURLs"]);
    }

    private static string[] Words(JsonNode? node, string where) => node switch
    {
        null => [],
        JsonArray list when list.All(item => item is JsonValue value && value.GetValueKind() == System.Text.Json.JsonValueKind.String) => [.. list.Select(item => item!.GetValue<string>())],
        _ => throw new FormatException($"{where}: expected a list of texts"),
    };

    private sealed record Rule(string[] Users, string[] Groups, string[] Verbs, string[] ApiGroups, string[] Resources, string[] Namespaces, string[] Names, string[] Urls)
    {
        public bool Allows(AccessRequest request) =>
            (Users.Contains(request.Caller.Name) || Groups.Any(group => request.Caller.Groups.Contains(group)))
            && Has(Verbs, request.Verb)
            && (request.IsResource ? AllowsResource(request) : Urls.Any(url => Covers(url, request.Path)));

        private bool AllowsResource(AccessRequest request) =>
            Has(ApiGroups, request.Group)
            && (Resources.Contains("*") || Resources.Contains(request.Subresource.Length == 0 ? request.Resource : $"{request.Resource}/{request.Subresource}"))
            && (Namespaces.Length == 0 || (request.ObjectNamespace.Length > 0 && Has(Namespaces, request.ObjectNamespace)))
            && (Names.Length == 0 || (request.Name.Length > 0 && Names.Contains(request.Name)));

        private static bool Has(string[] words, string word) => words.Contains("*") || words.Contains(word);

        private static bool Covers(string url, string path) =>
            url == path || (url.EndsWith('*') && path.StartsWith(url[..^1], StringComparison.Ordinal));
    }
}
