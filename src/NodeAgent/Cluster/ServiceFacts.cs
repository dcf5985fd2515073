// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Events.Net;
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.Cluster;

/// <summary>What a service and its endpoint slices say of addresses and ports. Pure functions.</summary>
internal static class ServiceFacts
{
    public static PeerObject Of(V1Service service, IReadOnlyCollection<V1EndpointSlice> slices)
    {
        V1ObjectMeta metadata = service.Metadata!;
        return new PeerObject
        {
            Kind = PeerKind.Service,
            Uid = metadata.Uid!,
            Namespace = metadata.Namespace ?? string.Empty,
            Name = metadata.Name!,
            Labels = service.Spec?.Selector ?? (IReadOnlyDictionary<string, string>)ImmutableDictionary<string, string>.Empty,
            Ports = [.. (service.Spec?.Ports ?? []).Select(port => PortOf(port, slices)).OfType<PeerPort>()],
            Targets = service.Spec?.Selector is { Count: > 0 } ? [] : [.. (service.Spec?.Ports ?? []).SelectMany(port => TargetsOf(port, slices)).Distinct()],
            Roles = Roles($"{metadata.Namespace}/{metadata.Name}", service),
        };
    }

    public static PeerObject OfSlice(V1EndpointSlice slice, PeerRoles roles) => new()
    {
        Kind = PeerKind.Endpoint,
        Uid = slice.Metadata!.Uid!,
        Namespace = slice.Metadata.Namespace ?? string.Empty,
        Name = slice.Metadata.Labels![V1EndpointSlice.ServiceNameLabel],
        Roles = roles,
        Ports = [.. (slice.Ports ?? []).Where(port => PeerText.Port(port?.Port) != 0 && PeerText.Protocol(port!.Protocol) is not null)
            .Select(port => new PeerPort(PeerText.Port(port.Port), PeerText.Protocol(port.Protocol)!.Value, PeerText.Port(port.Port), 0))],
    };

    public static NetAddress[] Addresses(V1Service service) => PeerText.Addresses(
    [
        service.Spec?.ClusterIp, .. service.Spec?.ClusterIps ?? [], .. service.Spec?.ExternalIps ?? [],
        .. (service.Status?.LoadBalancer?.Ingress ?? []).Select(ingress => ingress?.Ip),
    ]);

    /// <param name="all">False: not those of pods, which are known by themselves.</param>
    public static NetAddress[] Addresses(V1EndpointSlice slice, bool all) => slice.AddressType == "FQDN" ? []
        : PeerText.Addresses((slice.Endpoints ?? []).Where(e => e is not null && (all || e.TargetRef?.Kind != "Pod")).SelectMany(e => e.Addresses ?? []));

    /// <param name="key">Shape: <c>namespace/name</c>.</param>
    public static PeerRoles Roles(string key, V1Service? service) => key switch
    {
        "default/kubernetes" => PeerRoles.ApiServer,
        "kube-system/kube-dns" or "kube-system/coredns" or "openshift-dns/dns-default" => PeerRoles.Dns,

        // The label that all distributions keep, whatever they call the service.
        _ when key.StartsWith("kube-system/", StringComparison.Ordinal) && service?.Metadata?.Labels?.GetValueOrDefault("k8s-app") == "kube-dns" => PeerRoles.Dns,
        _ => PeerRoles.None,
    };

    private static PeerPort? PortOf(V1ServicePort? port, IReadOnlyCollection<V1EndpointSlice> slices) =>
        PeerText.Port(port?.Port) is not 0 and var number && PeerText.Protocol(port!.Protocol) is { } protocol
            ? new PeerPort(number, protocol, TargetOf(port, number, protocol, slices), PeerText.Port(port.NodePort))
            : null;

    private static IEnumerable<PeerTarget> TargetsOf(V1ServicePort? port, IReadOnlyCollection<V1EndpointSlice> slices) =>
        PeerText.Port(port?.Port) is not 0 and var number && PeerText.Protocol(port!.Protocol) is { } protocol
            ? slices.SelectMany(slice => PortsOf(port, protocol, slice).SelectMany(target => Addresses(slice, all: true).Select(address => new PeerTarget(number, protocol, address, target))))
            : [];

    private static IEnumerable<ushort> PortsOf(V1ServicePort port, TransportProtocol protocol, V1EndpointSlice slice) =>
        (slice.Ports ?? []).Where(p => p is not null && (p.Name ?? string.Empty) == (port.Name ?? string.Empty) && PeerText.Protocol(p.Protocol) == protocol)
            .Select(p => PeerText.Port(p.Port)).Where(p => p != 0);

    /// <summary>Where the endpoints really listen; 0 when they differ, or when a name was never resolved.</summary>
    private static ushort TargetOf(V1ServicePort port, ushort number, TransportProtocol protocol, IReadOnlyCollection<V1EndpointSlice> slices)
    {
        ushort[] told =
        [
            .. slices.SelectMany(slice => PortsOf(port, protocol, slice)).Distinct(),
        ];
        return told.Length > 0 ? (told.Length == 1 ? told[0] : (ushort)0)
            : port.TargetPort is not { } target ? number
            : target.Text is null ? PeerText.Port(target.Number == 0 ? number : target.Number)
            : (ushort)0;
    }
}
