// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NodeAgent.Api.Alerts;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;
using NodeAgent.Rules.Alerts;

namespace NodeAgent.Cluster;

/// <summary>The peer directory as profiles and alerts ask it.</summary>
internal sealed class ClusterPeers(IPeerDirectory directory) : IPeerLookup, IPeerNames
{
    // Objects are replaced, never changed: so one selector per object lives as long as that does.
    private readonly ConditionalWeakTable<PeerObject, PeerSelector> _selectors = [];
    private readonly ConditionalWeakTable<PeerObject, Targets> _targets = [];

    public bool TryFind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs, [NotNullWhen(true)] out PeerSelector? peer, out ushort targetPort)
    {
        PeerMatch match = directory.Find(address, port, protocol, timeNs);

        // What has no labels can be in no policy by them: a pod without any, a service whose endpoints are set by hand.
        bool selectable = match is { Kind: PeerKind.Pod or PeerKind.Service, Object.Labels.Count: > 0 };
        peer = selectable ? _selectors.GetValue(match.Object!, static item => new PeerSelector(item.Namespace, item.Labels)) : null;
        targetPort = match.TargetPort;
        return selectable;
    }

    public IReadOnlyList<PeerAddress> AddressesBehind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
        directory.Find(address, port, protocol, timeNs) is { Kind: PeerKind.Service, Object: { Targets.Length: > 0 } service }
            ? _targets.GetValue(service, static item => new Targets(item)).Of(port, protocol)
            : [];

    // A public address may be a pod's too; but it is no news of it that a profile should wait for.
    public bool MayBeToldLater(NetAddress address, ulong timeNs) =>
        directory.Find(address, 0, TransportProtocol.Tcp, timeNs).Kind is PeerKind.Private or PeerKind.Unknown;

    public bool IsApiServer(NetAddress address, ulong timeNs) =>
        directory.Find(address, 0, TransportProtocol.Tcp, timeNs).Roles.HasFlag(PeerRoles.ApiServer);

    public AlertPeer? Find(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs)
    {
        PeerMatch match = directory.Find(address, port, protocol, timeNs);
        return match.Kind is PeerKind.Public or PeerKind.Private
            ? null
            : new AlertPeer(
                match.Kind.ToString(),
                match.Object?.Namespace is { Length: > 0 } ns ? ns : null,
                match.Object?.Name,
                match.Roles == PeerRoles.None ? null : match.Roles.ToString().Split(", "),
                match.TargetPort == 0 ? null : match.TargetPort);
    }

    /// <returns>Shape: <c>service shop/web</c>, or empty when nothing is known.</returns>
    public string Describe(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs)
    {
        PeerMatch match = directory.Find(address, port, protocol, timeNs);
        string kind = match.Kind.ToString().ToLowerInvariant();
        return match.Kind is PeerKind.Public or PeerKind.Private ? string.Empty
            : match.Object is not { } item ? kind
            : item.Namespace.Length == 0 ? $"{kind} {item.Name}"
            : $"{kind} {item.Namespace}/{item.Name}";
    }

    private sealed class Targets(PeerObject service)
    {
        private readonly Dictionary<(ushort, TransportProtocol), PeerAddress[]> _byPort = service.Targets
            .GroupBy(target => (target.ServicePort, target.Protocol))
            .ToDictionary(group => group.Key, group => group.Select(target => new PeerAddress(target.Address, target.Port)).ToArray());

        public PeerAddress[] Of(ushort port, TransportProtocol protocol) => _byPort.GetValueOrDefault((port, protocol), []);
    }
}
