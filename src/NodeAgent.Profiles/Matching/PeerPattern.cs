// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>A neighbour that is named by labels: which pods it means.</summary>
/// <remarks>Source: network policies: a selector means every pod that has all its labels; without a namespace selector, in the own namespace.</remarks>
internal sealed class PeerPattern
{
    private readonly KeyValuePair<string, string>[] _labels;
    private readonly (int Port, TransportProtocol Protocol)[] _ports;
    private readonly string? _namespace;

    private PeerPattern(KeyValuePair<string, string>[] labels, (int Port, TransportProtocol Protocol)[] ports, string? ns)
    {
        _labels = labels;
        _ports = ports;
        _namespace = ns;
    }

    /// <returns>Null for a neighbour that is not named so, or by what is not understood: it then allows nothing.</returns>
    public static PeerPattern? Of(NetworkNeighbor neighbor, Func<NetworkPort, (int Port, TransportProtocol Protocol)?> parse)
    {
        if (neighbor.PodSelector is not { MatchLabels.Count: > 0, MatchExpressions: null or { Count: 0 } }
            || neighbor.NamespaceSelector is { MatchExpressions.Count: > 0 }
            || neighbor.NamespaceSelector?.MatchLabels?.Any(label => label.Key != KubernetesLabels.NamespaceName) == true)
        {
            return null;
        }

        return new PeerPattern(
            [.. neighbor.PodSelector.MatchLabels],
            [.. (neighbor.Ports ?? []).Select(parse).OfType<(int, TransportProtocol)>()],
            neighbor.NamespaceSelector?.MatchLabels?.GetValueOrDefault(KubernetesLabels.NamespaceName));
    }

    public bool Matches(PeerSelector peer, string ownNamespace, int port, TransportProtocol protocol)
    {
        return (_ports.Length == 0 || Array.IndexOf(_ports, (port, protocol)) >= 0) && Selects(peer, ownNamespace);
    }

    /// <summary>Whatever the port.</summary>
    public bool Selects(PeerSelector peer, string ownNamespace)
    {
        if (peer.Namespace != (_namespace ?? ownNamespace))
        {
            return false;
        }

        foreach (KeyValuePair<string, string> wanted in _labels)
        {
            if (!Has(peer, wanted))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(PeerSelector peer, in KeyValuePair<string, string> wanted)
    {
        for (int i = 0; i < peer.Labels.Count; i++)
        {
            if (peer.Labels[i].Key == wanted.Key)
            {
                return peer.Labels[i].Value == wanted.Value;
            }
        }

        return false;
    }
}
