// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>What listens in the node's network namespace.</summary>
public sealed record OpenPortsListSpec
{
    public IReadOnlyList<OpenPort>? TcpPorts { get; init; }

    public IReadOnlyList<OpenPort>? UdpPorts { get; init; }

    public IReadOnlyList<OpenPort>? IcmpPorts { get; init; }

    /// <summary>Sockets that take whole packets of one protocol, which stands in the place of the port. An addition of ours.</summary>
    public IReadOnlyList<OpenPort>? RawPorts { get; init; }

    public string? NodeName { get; init; }
}

public sealed record OpenPort
{
    /// <summary>Shape: <c>tcp</c>, <c>udp</c>, <c>udplite</c>, <c>icmp</c> or <c>raw</c>; the address says which family.</summary>
    public string? Transport { get; init; }

    public string? LocalAddress { get; init; }

    public int? LocalPort { get; init; }

    public string? RemoteAddress { get; init; }

    public int? RemotePort { get; init; }

    /// <summary>Of the socket: who made it.</summary>
    public long? Uid { get; init; }

    public string? User { get; init; }

    /// <summary>Who holds the socket, by pid; empty = no process of this network namespace, or one that may not be looked into (then the kernel itself, as for NFS).</summary>
    public IReadOnlyList<PortProcess>? Processes { get; init; }
}

public sealed record PortProcess
{
    public int? Pid { get; init; }

    public string? Name { get; init; }

    /// <summary>Shape: path, as the process sees it.</summary>
    public string? Executable { get; init; }

    /// <summary>Shape: 64 hex digits; null = in no container.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Shape: <c>ssh.service</c>; null = of no unit.</summary>
    public string? Unit { get; init; }
}
