// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli;
using NodeAgent.NetworkPolicy.Evaluation;

namespace NodeAgent.Policies;

/// <summary>The NetworkPolicies of a file: their own, or those inside of GeneratedNetworkPolicies.</summary>
internal static class PolicyFile
{
    /// <param name="space">Of objects that name none, as kubectl does it.</param>
    /// <remarks>Errors: <see cref="CommandException"/> that names the field.</remarks>
    public static PolicyFileContent Read(string file, string space)
    {
        var policies = new List<Api.Networking.NetworkPolicy>();
        foreach (JsonNode document in YamlFile.Read(file))
        {
            policies.Add(Policy(file, document, space));
        }

        try
        {
            return policies.Count > 0
                ? new PolicyFileContent(
                    PolicySet.Compile(policies),
                    policies.Select(policy => policy.Metadata.Namespace!).ToHashSet(StringComparer.Ordinal),
                    [.. policies.SelectMany(Unjudged).Distinct(StringComparer.Ordinal)])
                : throw new CommandException($"{file}: no NetworkPolicy in it");
        }
        catch (PolicyFormatException e)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }

    private static Api.Networking.NetworkPolicy Policy(string file, JsonNode document, string space)
    {
        string kind = document is JsonObject o ? o["kind"]?.ToString() ?? string.Empty : string.Empty;
        JsonNode? policy = kind == GeneratedNetworkPolicy.KindName ? document["spec"] : document;
        if (kind is not ("NetworkPolicy" or GeneratedNetworkPolicy.KindName))
        {
            throw new CommandException($"{file}: '{kind}' is no NetworkPolicy");
        }

        try
        {
            Api.Networking.NetworkPolicy read = policy.Deserialize(ApiJsonContext.Default.NetworkPolicy)
                ?? throw new CommandException($"{file}: a policy is empty");
            return read with { Metadata = (read.Metadata ?? new()) with { Namespace = read.Metadata?.Namespace ?? space } };
        }
        catch (JsonException e)
        {
            throw new CommandException($"{file}: {e.Path}: not what a NetworkPolicy has there");
        }
    }

    // Flows know namespaces by their name and ports by their number: what else a policy goes by holds for none of them.
    private static IEnumerable<string> Unjudged(Api.Networking.NetworkPolicy policy)
    {
        string name = $"{policy.Metadata.Namespace}/{policy.Metadata.Name}";
        IEnumerable<NetworkPolicyPeer?> peers = (policy.Spec?.Ingress ?? []).SelectMany(rule => rule?.From ?? []).Concat((policy.Spec?.Egress ?? []).SelectMany(rule => rule?.To ?? []));
        IEnumerable<NetworkPolicyPort?> ports = (policy.Spec?.Ingress ?? []).SelectMany(rule => rule?.Ports ?? []).Concat((policy.Spec?.Egress ?? []).SelectMany(rule => rule?.Ports ?? []));
        IEnumerable<string> keys = peers.Select(peer => peer?.NamespaceSelector).OfType<LabelSelector>()
            .SelectMany(selector => (selector.MatchLabels ?? new Dictionary<string, string>()).Keys.Concat((selector.MatchExpressions ?? []).Select(term => term?.Key ?? string.Empty)));
        return keys.Where(key => key != KubernetesLabels.NamespaceName).Select(key => $"{name}: label {key} of namespaces")
            .Concat(ports.Select(port => port?.Port?.Text).OfType<string>().Select(port => $"{name}: port {port}"));
    }
}

/// <param name="Namespaces">Of the policies.</param>
/// <param name="Unjudged">Shape: <c>NAMESPACE/NAME: what of it</c>; what the flows that are known cannot be asked about.</param>
internal sealed record PolicyFileContent(PolicySet Policies, IReadOnlySet<string> Namespaces, IReadOnlyList<string> Unjudged);
