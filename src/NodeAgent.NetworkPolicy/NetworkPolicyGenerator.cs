// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>Writes the network policy that observed traffic justifies. Pure: equal input gives equal output, whatever its order.</summary>
public static class NetworkPolicyGenerator
{
    private static readonly string[] PolicyTypes = ["Ingress", "Egress"];

    /// <summary>True when a policy may be made of it: learning has data (<c>ready</c>, <c>completed</c>), or a user wrote it.</summary>
    public static bool IsAvailable(NetworkNeighborhood neighborhood)
    {
        ArgumentNullException.ThrowIfNull(neighborhood);
        IReadOnlyDictionary<string, string>? annotations = neighborhood.Metadata.Annotations;
        return annotations?.GetValueOrDefault(KubescapeAnnotations.ManagedBy) == KubescapeAnnotations.ManagedByUser
            || annotations?.GetValueOrDefault(KubescapeAnnotations.Status) is ProfileStatus.Ready or ProfileStatus.Completed;
    }

    /// <param name="neighborhood">The traffic.</param>
    /// <param name="servers">Address blocks that stand for their servers' addresses.</param>
    /// <param name="time">For the creation timestamp only.</param>
    /// <exception cref="PolicyUnavailableException">The neighbourhood is not ready, or names no workload kind.</exception>
    public static GeneratedNetworkPolicy Generate(NetworkNeighborhood neighborhood, IReadOnlyList<KnownServer> servers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(neighborhood);
        ArgumentNullException.ThrowIfNull(servers);
        ArgumentNullException.ThrowIfNull(time);
        ObjectMeta source = neighborhood.Metadata;
        if (!IsAvailable(neighborhood))
        {
            throw new PolicyUnavailableException(
                $"networkneighborhood {source.Namespace}/{source.Name} is not ready: status is '{source.Annotations?.GetValueOrDefault(KubescapeAnnotations.Status)}'");
        }

        if (source.Labels?.GetValueOrDefault(KubescapeLabels.Kind) is not { Length: > 0 } kind)
        {
            throw new PolicyUnavailableException(
                $"networkneighborhood {source.Namespace}/{source.Name} has no label {KubescapeLabels.Kind}");
        }

        var labels = new SortedDictionary<string, string>(source.Labels.ToDictionary(), StringComparer.Ordinal);
        labels.Remove(KubescapeLabels.TemplateHash);
        string workload = labels.GetValueOrDefault(KubescapeLabels.Name) is { Length: > 0 } name ? name : source.Name ?? string.Empty;
        var builder = new RuleBuilder(new KnownServerIndex(servers));
        return new GeneratedNetworkPolicy
        {
            Metadata = new ObjectMeta
            {
                Name = source.Name,
                Namespace = source.Namespace,
                Labels = labels,
                CreationTimestamp = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
            Spec = new Api.Networking.NetworkPolicy
            {
                Metadata = new ObjectMeta
                {
                    Name = $"{kind.ToLowerInvariant()}-{workload}",
                    Namespace = source.Namespace,
                    Labels = labels,
                    Annotations = new Dictionary<string, string> { ["generated-by"] = "kubescape" },
                },
                Spec = Spec(neighborhood.Spec ?? new NetworkNeighborhoodSpec(), builder),
            },
            PolicyRef = [.. builder.Refs],
        };
    }

    private static NetworkPolicySpec Spec(NetworkNeighborhoodSpec spec, RuleBuilder builder)
    {
        NetworkNeighborhoodContainer[] containers = [.. spec.AllContainers()];
        return new NetworkPolicySpec
        {
            PodSelector = IgnoredLabels.RemoveFrom(new LabelSelector { MatchLabels = spec.MatchLabels, MatchExpressions = spec.MatchExpressions }),
            PolicyTypes = PolicyTypes,
            Ingress = [.. builder.Build(containers.SelectMany(c => c.Ingress ?? [])).Select(rule => rule.ToIngress())],
            Egress = [.. builder.Build(containers.SelectMany(c => c.Egress ?? [])).Select(rule => rule.ToEgress())],
        };
    }
}

/// <summary>There is no policy to give yet; the message says why, for a user.</summary>
public sealed class PolicyUnavailableException(string message) : Exception(message);
