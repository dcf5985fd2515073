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

    // What is no pod has no resolver of a cluster.
    private static readonly HashSet<string> OutsideOfClusters = new(StringComparer.OrdinalIgnoreCase) { "Container", "SystemdUnit", "Cgroup", "Host" };

    /// <summary>True when a policy may be made of it: learning has data (<c>ready</c>, <c>completed</c>), or a user wrote it.</summary>
    public static bool IsAvailable(NetworkNeighborhood neighborhood)
    {
        ArgumentNullException.ThrowIfNull(neighborhood);
        return IsOfUser(neighborhood)
            || neighborhood.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.Status) is ProfileStatus.Ready or ProfileStatus.Completed;
    }

    /// <param name="neighborhood">The traffic.</param>
    /// <param name="servers">Address blocks that stand for their servers' addresses.</param>
    /// <param name="time">For the creation timestamp only.</param>
    /// <param name="options">Null = the defaults.</param>
    /// <exception cref="PolicyUnavailableException">The neighbourhood is not ready, or names no workload kind.</exception>
    public static GeneratedNetworkPolicy Generate(
        NetworkNeighborhood neighborhood, IReadOnlyList<KnownServer> servers, TimeProvider time, PolicyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(time);
        PolicyModel model = Model(neighborhood, servers, options ?? PolicyOptions.Default);
        return new GeneratedNetworkPolicy
        {
            Metadata = new ObjectMeta
            {
                Name = neighborhood.Metadata.Name,
                Namespace = model.Namespace,
                Labels = model.Labels,
                CreationTimestamp = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            },
            Spec = new Api.Networking.NetworkPolicy
            {
                Metadata = new ObjectMeta { Name = model.Name, Namespace = model.Namespace, Labels = model.Labels, Annotations = model.Annotations },
                Spec = new NetworkPolicySpec
                {
                    PodSelector = model.Pods,
                    PolicyTypes = PolicyTypes,
                    Ingress = [.. model.Ingress.Select(rule => new NetworkPolicyIngressRule { From = Peers(rule), Ports = Ports(rule) })],
                    Egress = [.. model.Egress.Select(rule => new NetworkPolicyEgressRule { To = Peers(rule), Ports = Ports(rule) })],
                },
            },
            PolicyRef = model.Refs,
        };
    }

    /// <exception cref="PolicyUnavailableException">As <see cref="Generate"/>.</exception>
    internal static PolicyModel Model(NetworkNeighborhood neighborhood, IReadOnlyList<KnownServer> servers, PolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(neighborhood);
        ArgumentNullException.ThrowIfNull(servers);
        ObjectMeta source = neighborhood.Metadata;
        string kind = KindOf(neighborhood);
        var labels = new SortedDictionary<string, string>(source.Labels!.ToDictionary(), StringComparer.Ordinal);
        labels.Remove(KubescapeLabels.TemplateHash);
        string workload = labels.GetValueOrDefault(KubescapeLabels.Name) is { Length: > 0 } name ? name : source.Name ?? string.Empty;
        NetworkNeighborhoodSpec spec = neighborhood.Spec ?? new NetworkNeighborhoodSpec();
        var index = new KnownServerIndex(servers);
        var ingress = new RuleBuilder(index, options, IsOfUser(neighborhood));
        var egress = new RuleBuilder(index, options, IsOfUser(neighborhood));
        foreach (NetworkNeighborhoodContainer container in spec.AllContainers())
        {
            foreach (NetworkNeighbor neighbor in container.Ingress ?? [])
            {
                ingress.Add(neighbor, isEgress: false);
            }

            foreach (NetworkNeighbor neighbor in container.Egress ?? [])
            {
                egress.Add(neighbor, isEgress: true);
            }
        }

        if (!OutsideOfClusters.Contains(kind))
        {
            egress.AddResolver();
        }

        return new PolicyModel(
            source.Namespace,
            $"{kind.ToLowerInvariant()}-{workload}",
            labels,
            new Dictionary<string, string> { ["generated-by"] = "kubescape" },
            IgnoredLabels.RemoveFrom(new LabelSelector { MatchLabels = spec.MatchLabels, MatchExpressions = spec.MatchExpressions }),
            ingress.Build(),
            egress.Build(),
            Ordered(ingress.Refs.Concat(egress.Refs)));
    }

    private static string KindOf(NetworkNeighborhood neighborhood)
    {
        ObjectMeta source = neighborhood.Metadata;
        return !IsAvailable(neighborhood)
            ? throw new PolicyUnavailableException(
                $"networkneighborhood {source.Namespace}/{source.Name} is not ready: status is '{source.Annotations?.GetValueOrDefault(KubescapeAnnotations.Status)}'")
            : source.Labels?.GetValueOrDefault(KubescapeLabels.Kind) is { Length: > 0 } kind ? kind
            : throw new PolicyUnavailableException($"networkneighborhood {source.Namespace}/{source.Name} has no label {KubescapeLabels.Kind}");
    }

    private static bool IsOfUser(NetworkNeighborhood neighborhood) =>
        neighborhood.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.ManagedBy) == KubescapeAnnotations.ManagedByUser;

    private static List<NetworkPolicyPeer> Peers(PolicyRule rule) =>
        [.. rule.Peers.Select(peer => new NetworkPolicyPeer
        {
            PodSelector = peer.Pods,
            NamespaceSelector = peer.Namespaces,
            IpBlock = peer.Block is null ? null : new IpBlock { Cidr = peer.Text },
        })];

    private static List<NetworkPolicyPort>? Ports(PolicyRule rule) => rule.Ports.Count == 0 ? null :
        [.. rule.Ports.Select(range => new NetworkPolicyPort { Port = range.First, EndPort = range.Last == range.First ? null : range.Last, Protocol = range.Protocol })];

    private static PolicyRef[] Ordered(IEnumerable<PolicyRef> refs) =>
    [
        .. refs.Distinct()
            .OrderBy(r => r.IpBlock, StringComparer.Ordinal)
            .ThenBy(r => r.OriginalIP, StringComparer.Ordinal)
            .ThenBy(r => r.Name, StringComparer.Ordinal)
            .ThenBy(r => r.Server, StringComparer.Ordinal)
            .ThenBy(r => r.Dns, StringComparer.Ordinal),
    ];
}

/// <summary>There is no policy to give yet; the message says why, for a user.</summary>
public sealed class PolicyUnavailableException(string message) : Exception(message);
