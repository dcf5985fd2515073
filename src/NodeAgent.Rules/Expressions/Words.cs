// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel.Values;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;

namespace NodeAgent.Rules.Expressions;

/// <summary>The fixed texts of events.</summary>
internal static class Words
{
    private const uint Icmp = 1;
    private const uint IcmpV6 = 58;
    private const int ProtocolCount = 256;

    private static readonly CelText[] Namespaces = [.. new[] { "", "unshare", "setns", "clone", "chroot", "pivot_root" }.Select(CelText.Of)];

    private static readonly CelText[] Sockets = [.. new[] { "", "bind", "listen", "create" }.Select(CelText.Of)];

    private static readonly CelText[] Protocols = [.. Enumerable.Range(0, ProtocolCount).Select(number => CelText.Of(NameOf((uint)number)))];

    public static CelText Outgoing { get; } = CelText.Of("OUTGOING");

    public static CelText Host { get; } = CelText.Of("HOST");

    public static CelText Outbound { get; } = CelText.Of("outbound");

    public static CelText Inbound { get; } = CelText.Of("inbound");

    public static CelText Tcp { get; } = CelText.Of("TCP");

    public static CelText Udp { get; } = CelText.Of("UDP");

    public static CelText InitModule { get; } = CelText.Of("init_module");

    public static CelText FinitModule { get; } = CelText.Of("finit_module");

    public static CelText DeleteModule { get; } = CelText.Of("delete_module");

    public static CelText Root { get; } = CelText.Of("/");

    public static CelText Set { get; } = CelText.Of("set");

    public static CelText Remove { get; } = CelText.Of("remove");

    public static CelText Mmap { get; } = CelText.Of("mmap");

    public static CelText Mprotect { get; } = CelText.Of("mprotect");

    public static CelText Read { get; } = CelText.Of("read");

    public static CelText Write { get; } = CelText.Of("write");

    public static CelText OfProtocol(uint number) => number < ProtocolCount ? Protocols[number] : default;

    public static CelText OfNamespace(NamespaceOperation operation) => (uint)operation < (uint)Namespaces.Length ? Namespaces[(int)operation] : default;

    public static CelText OfSocket(SocketOperation operation) => (uint)operation < (uint)Sockets.Length ? Sockets[(int)operation] : default;

    /// <returns>0 = no protocol with ports.</returns>
    public static TransportProtocol ToProtocol(ReadOnlySpan<byte> name) =>
        System.Text.Ascii.EqualsIgnoreCase(name, "TCP"u8) ? TransportProtocol.Tcp
        : System.Text.Ascii.EqualsIgnoreCase(name, "UDP"u8) ? TransportProtocol.Udp
        : System.Text.Ascii.EqualsIgnoreCase(name, "SCTP"u8) ? TransportProtocol.Sctp
        : 0;

    private static string NameOf(uint number) => number switch
    {
        (uint)TransportProtocol.Tcp => "TCP",
        (uint)TransportProtocol.Udp => "UDP",
        (uint)TransportProtocol.Sctp => "SCTP",
        Icmp => "ICMP",
        IcmpV6 => "ICMPV6",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };
}
