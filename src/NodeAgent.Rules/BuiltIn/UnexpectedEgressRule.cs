// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.BuiltIn;

/// <summary>R0011: an outgoing connection, also a failed one, or an outgoing flow to a peer that the profile does not hold.</summary>
internal sealed class UnexpectedEgressRule(bool includePrivateAddresses) : IRule<TcpEvent>, IRule<FlowEvent>
{
    public RuleDescriptor Descriptor { get; } = new()
    {
        Id = "R0011",
        Name = "Unexpected Egress Network Traffic",
        Description = "Traffic left for a peer that was never talked to while the workload's behaviour was learned.",
        Severity = 5,
        MitreTactic = "TA0010",
        MitreTechnique = "T1041",
        ProfileDependency = ProfileDependency.Required,
        IsTriggerAlert = false,
        Tags = ["anomaly", "network", "context:container", "context:host", "context:standalone"],
        JudgesPeers = true,
        Scopes = RuleScopes.Container | RuleScopes.Cgroup | RuleScopes.SystemdUnit,
    };

    public bool Matches(in TcpEvent source, RuleContext context) =>
        source.Record.Header.Kind == EventKind.TcpConnect
        && source.Record.Direction == FlowDirection.Outbound
        && IsJudged(source.RemoteAddress);

    public bool Matches(in FlowEvent source, RuleContext context) =>
        source.Record.Direction == FlowDirection.Outbound && IsLearned(source.Record.Protocol) && IsJudged(source.RemoteAddress);

    public bool IsExpected(in TcpEvent source, ProfileView profile) =>
        profile.IsAddressInEgress(source.RemoteAddress, source.Record.RemotePort, TransportProtocol.Tcp, source.Record.Header.TimeNs);

    public bool IsExpected(in FlowEvent source, ProfileView profile) =>
        profile.IsAddressInEgress(source.RemoteAddress, source.Record.RemotePort, (TransportProtocol)source.Record.Protocol, source.Record.Header.TimeNs);

    public void WriteUniqueId(in TcpEvent source, RuleContext context, UniqueIdHasher uniqueId) =>
        WriteUniqueId(uniqueId, source.RemoteAddress, source.Record.RemotePort, "TCP");

    public void WriteUniqueId(in FlowEvent source, RuleContext context, UniqueIdHasher uniqueId) =>
        WriteUniqueId(uniqueId, source.RemoteAddress, source.Record.RemotePort, ProtocolName(source.Record.Protocol));

    public AlertFacts Describe(in TcpEvent source, RuleContext context) =>
        Describe(source.RemoteAddress, source.Record.RemotePort, "TCP", in source.Record.Header, source.Record.Error);

    public AlertFacts Describe(in FlowEvent source, RuleContext context) =>
        Describe(source.RemoteAddress, source.Record.RemotePort, ProtocolName(source.Record.Protocol), in source.Record.Header, 0);

    private bool IsJudged(NetAddress peer) =>
        !peer.IsLoopback && !peer.IsUnspecified && (includePrivateAddresses || !peer.IsPrivate);

    /// <summary>Profiles list ports of these protocols; a ping can be in none, so its absence says nothing.</summary>
    private static bool IsLearned(uint protocol) =>
        protocol is (uint)TransportProtocol.Tcp or (uint)TransportProtocol.Udp or (uint)TransportProtocol.Sctp;

    /// <summary>dstAddr_port_proto</summary>
    private static void WriteUniqueId(UniqueIdHasher uniqueId, NetAddress peer, ushort port, string protocol)
    {
        Span<char> text = stackalloc char[64];
        Span<byte> bytes = stackalloc byte[64];
        _ = peer.ToIPAddress().TryFormat(text, out int length);
        int size = System.Text.Encoding.ASCII.GetBytes(text[..length], bytes);
        uniqueId.Append(bytes[..size]).Separate().Append(port).Separate().Append(protocol);
    }

    private static AlertFacts Describe(NetAddress peer, ushort port, string protocol, ref readonly HeaderRecord header, uint error)
    {
        string address = peer.ToString();
        string end = peer.IsV6 ? $"[{address}]:{port}" : $"{address}:{port}";
        string failed = error == 0 ? string.Empty : $" (failed, errno {error})";
        return new AlertFacts(
            $"Unexpected egress network communication to {end} using {protocol} by {ExecPath.Text(ExecPath.Comm(in header))}{failed}",
            new AlertArguments { Ip = address, Port = port, Proto = protocol, Errno = error == 0 ? null : (int)error },
            new AlertIdentifiers { Network = new AlertNetworkIdentifier(address, port, protocol) });
    }

    private static string ProtocolName(uint protocol) => protocol switch
    {
        (uint)TransportProtocol.Udp => "UDP",
        (uint)TransportProtocol.Tcp => "TCP",
        (uint)TransportProtocol.Sctp => "SCTP",
        _ => protocol.ToString(null, null),
    };
}
