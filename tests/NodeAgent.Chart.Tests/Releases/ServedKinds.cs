// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Chart.Tests.Releases;

/// <summary>The chart's kinds, as discovery names them.</summary>
internal static class ServedKinds
{
    private static readonly Dictionary<string, (string Kind, string Plural, bool Namespaced)[]> Kinds = new()
    {
        ["v1"] =
        [
            ("ConfigMap", "configmaps", true), ("PersistentVolumeClaim", "persistentvolumeclaims", true), ("Secret", "secrets", true), ("Service", "services", true),
            ("ServiceAccount", "serviceaccounts", true), ("Namespace", "namespaces", false),
        ],
        ["apps/v1"] = [("DaemonSet", "daemonsets", true), ("Deployment", "deployments", true), ("StatefulSet", "statefulsets", true)],
        ["rbac.authorization.k8s.io/v1"] = [("ClusterRole", "clusterroles", false), ("ClusterRoleBinding", "clusterrolebindings", false), ("RoleBinding", "rolebindings", true)],
        ["policy/v1"] = [("PodDisruptionBudget", "poddisruptionbudgets", true)],
        ["networking.k8s.io/v1"] = [("NetworkPolicy", "networkpolicies", true)],
        ["apiregistration.k8s.io/v1"] = [("APIService", "apiservices", false)],
        ["kubescape.io/v1"] = [("Rules", "rules", true), ("RuntimeRuleAlertBinding", "runtimerulealertbindings", false), ("RuleException", "ruleexceptions", false)],
    };

    /// <returns>Null: the path is not of discovery.</returns>
    public static JsonNode? Discovery(string path) => path switch
    {
        "/version" => new JsonObject { ["major"] = "1", ["minor"] = "32", ["gitVersion"] = "v1.32.0" },
        "/api" => new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1") },
        "/apis" => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Kinds.Keys.Where(version => version.Contains('/', StringComparison.Ordinal)).Select(Group)]) },
        _ => Kinds.TryGetValue(path.Split('/', 3)[^1], out var kinds) && path.Count(c => c == '/') <= 3 ? Resources(path.Split('/', 3)[^1], kinds) : null,
    };

    /// <returns>Shape: <c>SecretList</c>; null when the path is of one object.</returns>
    public static string? ListKind(string path) =>
        Kinds.Values.SelectMany(kinds => kinds).Where(kind => path.EndsWith("/" + kind.Plural, StringComparison.Ordinal)).Select(kind => kind.Kind + "List").SingleOrDefault();

    private static JsonObject Group(string version)
    {
        JsonObject Named() => new() { ["groupVersion"] = version, ["version"] = version.Split('/')[1] };
        return new JsonObject { ["name"] = version.Split('/')[0], ["versions"] = new JsonArray(Named()), ["preferredVersion"] = Named() };
    }

    private static JsonObject Resources(string version, (string Kind, string Plural, bool Namespaced)[] kinds) => new()
    {
        ["kind"] = "APIResourceList",
        ["apiVersion"] = "v1",
        ["groupVersion"] = version,
        ["resources"] = new JsonArray([.. kinds.Select(kind => new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Kind.ToLowerInvariant(),
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = new JsonArray("create", "delete", "get", "list", "patch", "update"),
        })]),
    };
}
