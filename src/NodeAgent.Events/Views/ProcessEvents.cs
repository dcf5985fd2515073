// SPDX-License-Identifier: Apache-2.0
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

    /// <summary>Shape: the file that was executed when it was a script (<see cref="Exe"/> is its interpreter); else empty.</summary>
    public ReadOnlySpan<byte> Script => _tail.Slice(Record.Script.Offset, Record.Script.Length);

    /// <summary>Shape: <c>NAME=VALUE</c> of the allow-listed names, each ended by NUL.</summary>
    public ReadOnlySpan<byte> Environment => _tail.Slice(Record.Environment.Offset, Record.Environment.Length);
}

/// <summary>An exec that the kernel refused.</summary>
public readonly ref struct ExecFailedEvent(ref readonly ExecFailedRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly ExecFailedRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    /// <summary>Shape: the caller's string.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);
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

/// <summary>A process got other credentials.</summary>
public readonly ref struct CredentialsEvent(ref readonly CredentialsRecord record)
{
    public readonly ref readonly CredentialsRecord Record = ref record;
}

/// <summary>A process entered or made namespaces, or changed its root.</summary>
public readonly ref struct NamespaceEvent(ref readonly NamespaceRecord record, ReadOnlySpan<byte> tail)
{
    public readonly ref readonly NamespaceRecord Record = ref record;
    private readonly ReadOnlySpan<byte> _tail = tail;

    public bool Failed => Record.Error != 0;

    /// <summary>Shape: the new root of chroot and pivot_root; else empty.</summary>
    public ReadOnlySpan<byte> Path => _tail.Slice(Record.Path.Offset, Record.Path.Length);

    /// <summary>Shape: where the old root went (pivot_root); else empty.</summary>
    public ReadOnlySpan<byte> OtherPath => _tail.Slice(Record.OtherPath.Offset, Record.OtherPath.Length);
}

/// <summary>A signal to another container or to the agent, or an OOM kill.</summary>
public readonly ref struct SignalEvent(ref readonly SignalRecord record)
{
    public readonly ref readonly SignalRecord Record = ref record;

    public bool Failed => Record.Error != 0;
}
