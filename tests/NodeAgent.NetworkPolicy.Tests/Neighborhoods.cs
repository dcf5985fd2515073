// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy.Tests;

internal static class Neighborhoods
{
    public static NetworkNeighborhood Create(
        IReadOnlyList<NetworkNeighbor>? ingress = null, IReadOnlyList<NetworkNeighbor>? egress = null, string status = "completed") => new()
        {
            Metadata = new ObjectMeta
            {
                Name = "deployment-nginx",
                Namespace = "web",
                Labels = new Dictionary<string, string>
                {
                    [KubescapeLabels.Kind] = "Deployment",
                    [KubescapeLabels.Name] = "nginx",
                    [KubescapeLabels.TemplateHash] = "77b4fdf86c",
                },
                Annotations = new Dictionary<string, string> { [KubescapeAnnotations.Status] = status },
            },
            Spec = new NetworkNeighborhoodSpec
            {
                MatchLabels = new Dictionary<string, string> { ["app"] = "nginx", ["pod-template-hash"] = "77b4fdf86c" },
                Containers = [new NetworkNeighborhoodContainer { Name = "nginx", Ingress = ingress ?? [], Egress = egress ?? [] }],
            },
        };

    /// <summary>The rule that every policy has, whatever was seen.</summary>
    public static bool IsResolver(NetworkPolicyEgressRule rule) => rule.To!.Any(peer => peer.IpBlock?.Cidr == "169.254.20.10/32");

    public static NetworkNeighbor Address(string address, params (string Protocol, int Port)[] ports) =>
        new() { Type = "external", IpAddress = address, Ports = Ports(ports) };

    public static NetworkNeighbor Pods(string labels, string? ns, params (string Protocol, int Port)[] ports) => new()
    {
        Type = "internal",
        PodSelector = Selector(labels),
        NamespaceSelector = ns is null ? null : Selector("kubernetes.io/metadata.name=" + ns),
        Ports = Ports(ports),
    };

    public static LabelSelector Selector(string labels) => new()
    {
        MatchLabels = labels.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).ToDictionary(p => p[0], p => p[1]),
    };

    public static KnownServer Server(params (string Name, string Server, string Block)[] entries) =>
        new() { Spec = [.. entries.Select(e => new KnownServerEntry { Name = e.Name, Server = e.Server, IpBlock = e.Block })] };

    private static List<NetworkPort> Ports((string Protocol, int Port)[] ports) =>
        [.. ports.Select(p => new NetworkPort { Name = $"{p.Protocol}-{p.Port}", Protocol = p.Protocol, Port = p.Port })];
}
