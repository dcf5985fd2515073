// SPDX-License-Identifier: Apache-2.0
using System.Net;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy.Evaluation;

/// <summary>The flows that a neighbourhood stands for: one for each peer, address and port that was learned.</summary>
public static class LearnedFlows
{
    public static IEnumerable<ObservedFlow> Of(NetworkNeighborhood neighborhood)
    {
        ArgumentNullException.ThrowIfNull(neighborhood);
        NetworkNeighborhoodSpec spec = neighborhood.Spec ?? new NetworkNeighborhoodSpec();
        string space = neighborhood.Metadata?.Namespace ?? PolicySet.DefaultNamespace;
        var pod = new FlowEnd
        {
            Namespace = space,
            NamespaceLabels = NameLabel(space),
            Labels = spec.MatchLabels ?? new Dictionary<string, string>(),
        };
        foreach (NetworkNeighborhoodContainer container in spec.AllContainers())
        {
            foreach (ObservedFlow flow in Of(FlowDirection.Ingress, pod, container.Ingress).Concat(Of(FlowDirection.Egress, pod, container.Egress)))
            {
                yield return flow;
            }
        }
    }

    private static IEnumerable<ObservedFlow> Of(FlowDirection direction, FlowEnd pod, IReadOnlyList<NetworkNeighbor>? neighbors) =>
        from neighbor in neighbors ?? []
        from peer in Peers(neighbor, pod.Namespace!)
        from port in neighbor.Ports ?? []
        where port.Protocol is not null && port.Port is not null
        select new ObservedFlow(direction, pod, peer, port.Protocol!.ToUpperInvariant(), port.Port!.Value);

    private static IEnumerable<FlowEnd> Peers(NetworkNeighbor neighbor, string ownNamespace)
    {
        if (neighbor.PodSelector is not null || neighbor.NamespaceSelector is not null)
        {
            IReadOnlyDictionary<string, string> labels = neighbor.NamespaceSelector?.MatchLabels ?? NameLabel(ownNamespace);
            yield return new FlowEnd
            {
                Namespace = labels.GetValueOrDefault(KubernetesLabels.NamespaceName) ?? ownNamespace,
                NamespaceLabels = labels,
                Labels = neighbor.PodSelector?.MatchLabels ?? new Dictionary<string, string>(),
            };
        }

        foreach (string text in neighbor.AllAddresses())
        {
            // Of a block that a person wrote, its first address stands for all.
            if (IPAddress.TryParse(text.Split('/')[0], out IPAddress? address))
            {
                yield return new FlowEnd { Address = address };
            }
        }
    }

    private static Dictionary<string, string> NameLabel(string space) => new() { [KubernetesLabels.NamespaceName] = space };
}
