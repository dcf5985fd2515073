// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;

// Typed views of one ring record. A view points into the ring: it is valid only until the handler returns, costs
// nothing to make, and was validated by the decoder (every string lies inside the record), so its members never throw.
// Whoever keeps something copies it. Units and meanings of the record's fields: bpf/include/event.h.
namespace NodeAgent.Events;

/// <summary>Outcome of a connect, an accepted connection, or the end of a connection.</summary>
public readonly ref struct TcpEvent(ref readonly TcpRecord record)
{
    public readonly ref readonly TcpRecord Record = ref record;

    public NetAddress LocalAddress => NetAddress.FromWire(Record.Family, Record.LocalAddress);

    public NetAddress RemoteAddress => NetAddress.FromWire(Record.Family, Record.RemoteAddress);
}

/// <summary>First packet of a connectionless flow, per socket, peer and direction.</summary>
public readonly ref struct FlowEvent(ref readonly FlowRecord record)
{
    public readonly ref readonly FlowRecord Record = ref record;

    public NetAddress LocalAddress => NetAddress.FromWire(Record.Family, Record.LocalAddress);

    public NetAddress RemoteAddress => NetAddress.FromWire(Record.Family, Record.RemoteAddress);
}

/// <summary>One DNS message as it left or reached a container.</summary>
public readonly ref struct DnsEvent(ref readonly DnsRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly DnsRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public NetAddress LocalAddress => NetAddress.FromWire(Record.Family, Record.LocalAddress);

    /// <summary>The resolver.</summary>
    public NetAddress RemoteAddress => NetAddress.FromWire(Record.Family, Record.RemoteAddress);

    /// <summary>Shape: the message from its DNS header on, hostile; read it with <c>Dns.DnsMessageReader</c>.</summary>
    public ReadOnlySpan<byte> Message => _tail.Slice(Record.Message.Offset, Record.Message.Length);
}

/// <summary>A bind, a listen, or the making of a raw socket.</summary>
public readonly ref struct SocketEvent(ref readonly SocketRecord record)
{
    public readonly ref readonly SocketRecord Record = ref record;

    public bool Failed => Record.Error != 0;

    public NetAddress LocalAddress => NetAddress.FromWire(Record.Family, Record.LocalAddress);
}

/// <summary>A connection to a UNIX socket.</summary>
public readonly ref struct UnixConnectEvent(ref readonly UnixConnectRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly UnixConnectRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool Failed => Record.Error != 0;

    /// <summary>Shape: path from the kernel object; abstract names begin with <c>@</c>.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);
}

/// <summary>The first bytes of a request, a response or a handshake.</summary>
public readonly ref struct PayloadEvent(ref readonly PayloadRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly PayloadRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public NetAddress LocalAddress => NetAddress.FromWire(Record.Family, Record.LocalAddress);

    public NetAddress RemoteAddress => NetAddress.FromWire(Record.Family, Record.RemoteAddress);

    /// <summary>Shape: see <see cref="PayloadProtocol"/>; hostile.</summary>
    public ReadOnlySpan<byte> Payload => _tail.Slice(Record.Payload.Offset, Record.Payload.Length);
}
