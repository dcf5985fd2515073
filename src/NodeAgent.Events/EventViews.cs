// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;

// Typed views of one ring record. A view points into the ring: it is valid only until the handler returns, costs
// nothing to make, and was validated by the decoder (every string lies inside the record), so its members never throw.
// Whoever keeps something copies it. Units and meanings of the record's fields: bpf/include/event.h.
namespace NodeAgent.Events;

/// <summary>A successful exec, or (<see cref="IsSnapshot"/>) a process that ran before the agent.</summary>
public readonly ref struct ExecEvent(ref readonly ExecRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly ExecRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool IsSnapshot => Record.Header.Kind == EventKind.Task;

    /// <summary>Shape: absolute path as the process's mount namespace sees it, or <c>memfd:NAME</c>; any bytes but NUL.</summary>
    public ReadOnlySpan<byte> Exe => _tail.Slice(Record.Exe.Offset, Record.Exe.Length);

    public ReadOnlySpan<byte> Cwd => _tail.Slice(Record.Cwd.Offset, Record.Cwd.Length);

    /// <summary>Shape: the arguments, each ended by NUL; the last one may be cut (<see cref="ExecFlags.ArgvTruncated"/>).</summary>
    public ReadOnlySpan<byte> Argv => _tail.Slice(Record.Argv.Offset, Record.Argv.Length);
}

/// <summary>A new process. The header is the parent's.</summary>
public readonly ref struct ForkEvent(ref readonly ForkRecord record)
{
    public readonly ref readonly ForkRecord Record = ref record;
}

/// <summary>The end of a process (of its last thread).</summary>
public readonly ref struct ExitEvent(ref readonly ExitRecord record)
{
    public readonly ref readonly ExitRecord Record = ref record;
}

/// <summary>An open of a file, successful or failed.</summary>
public readonly ref struct OpenEvent(ref readonly OpenRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly OpenRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool Failed => Record.Error != 0;

    /// <summary>Shape: path from the kernel object; the caller's string when the open failed.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);
}

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

/// <summary>A cgroup was made, removed, or a process moved into it.</summary>
public readonly ref struct CgroupEvent(ref readonly CgroupRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly CgroupRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    /// <summary>Shape: path in the cgroup2 tree, <c>/</c> first.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);
}
