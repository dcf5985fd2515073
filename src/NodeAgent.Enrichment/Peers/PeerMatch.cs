// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Peers;

/// <summary>What an address belonged to.</summary>
public enum PeerKind : byte
{
    /// <summary>Nobody known has or had it, and it is routed on the internet.</summary>
    Public,

    /// <summary>Nobody known has or had it, and it is not routed on the internet.</summary>
    Private,

    /// <summary>Somebody had it, but not then.</summary>
    Unknown,

    /// <summary>Several had it then, and nothing tells which was meant.</summary>
    Ambiguous,

    /// <summary>This machine, or a loopback address. What shares the host's network is not told apart.</summary>
    Host,
    Node,
    Pod,
    Service,

    /// <summary>An address that a service sends to and that is no pod's, such as the API server's.</summary>
    Endpoint,
}

/// <summary>What a peer is there for.</summary>
[Flags]
public enum PeerRoles : byte
{
    None = 0,
    ApiServer = 1,
    Kubelet = 2,
    Dns = 4,
}

/// <param name="Object">Null where <paramref name="Kind"/> names no object.</param>
/// <param name="TargetPort">Where the service's pods listen; 0 = not known, not the same for all, or no service.</param>
public readonly record struct PeerMatch(PeerKind Kind, PeerRoles Roles, PeerObject? Object, ushort TargetPort);
