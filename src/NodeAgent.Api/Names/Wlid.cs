// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Names;

/// <summary>The workload id of annotations.</summary>
public static class Wlid
{
    /// <returns>Shape: <c>wlid://cluster-c/namespace-default/deployment-nginx</c>.</returns>
    public static string Format(string cluster, string workloadNamespace, string kind, string name)
    {
        ArgumentNullException.ThrowIfNull(kind);
        return $"wlid://cluster-{cluster}/namespace-{workloadNamespace}/{kind.ToLowerInvariant()}-{name}";
    }
}
