// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Decoding;

/// <summary>Turns the bytes of one record into a typed view, in place, and hands it on.</summary>
/// <remarks>
/// Everything that a view may touch is checked here, once: the fixed struct lies inside the record, the tail lies inside
/// the record, each string lies inside the tail. Records may stand at any alignment (both architectures allow it).
/// </remarks>
public sealed partial class EventDecoder
{
    public DecodeCounters Counters { get; } = new();

    /// <summary>Sees each record after its handler did; null = nobody does.</summary>
    public IRecordTap? Tap { get; set; }

    /// <returns>Ok when the handler was called. Never throws for what the record holds.</returns>
    public DecodeResult Decode<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult result = Dispatch(record, ref handler);
        Counters.Count(result);
        Tap?.OnRecord(record);
        return result;
    }

    /// <summary>The kind that a record claims, for counting a malformed one; None when it is too short to say.</summary>
    public static EventKind KindOf(ReadOnlySpan<byte> record) =>
        record.Length < Unsafe.SizeOf<HeaderRecord>() ? EventKind.None : HeaderOf(record).Kind;

    /// <summary>Reads one record by itself, uncounted.</summary>
    /// <returns>False when it is not a sound record about a cgroup.</returns>
    internal static bool TryReadCgroup(ReadOnlySpan<byte> record, out CgroupEvent cgroup)
    {
        cgroup = default;
        if (KindOf(record) is not (EventKind.CgroupMkdir or EventKind.CgroupRmdir or EventKind.CgroupAttach)
            || Split<CgroupRecord>(record, out ReadOnlySpan<byte> tail) != DecodeResult.Ok || !IsInside(At<CgroupRecord>(record).Path, tail))
        {
            return false;
        }

        cgroup = new CgroupEvent(in At<CgroupRecord>(record), tail);
        return true;
    }

    private static DecodeResult Dispatch<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        if (record.Length < Unsafe.SizeOf<HeaderRecord>())
        {
            return DecodeResult.TooShort;
        }

        return HeaderOf(record).Kind switch
        {
            EventKind.Open => DecodeOpen(record, ref handler),
            EventKind.Exec or EventKind.Task => DecodeExec(record, ref handler),
            EventKind.Fork => DecodeFork(record, ref handler),
            EventKind.Exit => DecodeExit(record, ref handler),
            EventKind.TcpConnect or EventKind.TcpAccept or EventKind.TcpClose => DecodeTcp(record, ref handler),
            EventKind.Flow => DecodeFlow(record, ref handler),
            EventKind.Dns => DecodeDns(record, ref handler),
            EventKind.CgroupMkdir or EventKind.CgroupRmdir or EventKind.CgroupAttach => DecodeCgroup(record, ref handler),
            _ => DispatchRare(record, ref handler),
        };
    }

    // Apart from the kinds that come in floods, so that their switch stays small.
    private static DecodeResult DispatchRare<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct => HeaderOf(record).Kind switch
        {
            EventKind.ExecFailed => DecodeExecFailed(record, ref handler),
            EventKind.Credentials => DecodeCredentials(record, ref handler),
            EventKind.Namespace => DecodeNamespace(record, ref handler),
            EventKind.Signal => DecodeSignal(record, ref handler),
            EventKind.FileChange => DecodeFileChange(record, ref handler),
            EventKind.Socket => DecodeSocket(record, ref handler),
            EventKind.UnixConnect => DecodeUnixConnect(record, ref handler),
            EventKind.Payload => DecodePayload(record, ref handler),
            EventKind.Capability => DecodeCapability(record, ref handler),
            EventKind.Privilege => DecodePrivilege(record, ref handler),
            EventKind.Syscall => DecodeSyscall(record, ref handler),
            EventKind.Suppressed => DecodeSuppressed(record, ref handler),
            _ => DecodeResult.UnknownKind,
        };

    // A record may be longer than fixed part and tail: a ring reservation has a constant size, its use has not.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static DecodeResult Split<T>(ReadOnlySpan<byte> record, out ReadOnlySpan<byte> tail)
        where T : unmanaged
    {
        tail = default;
        if (record.Length < Unsafe.SizeOf<T>())
        {
            return DecodeResult.TooShort;
        }

        ReadOnlySpan<byte> rest = record[Unsafe.SizeOf<T>()..];
        uint tailSize = HeaderOf(record).TailSize;
        if (tailSize > (uint)rest.Length)
        {
            return DecodeResult.BadTail;
        }

        tail = rest[..(int)tailSize];
        return DecodeResult.Ok;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsAddress(ushort family) => family is 2 or 10; // AF_INET, AF_INET6

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsInside(WireString text, ReadOnlySpan<byte> tail) => text.Offset + text.Length <= tail.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly HeaderRecord HeaderOf(ReadOnlySpan<byte> record) => ref At<HeaderRecord>(record);

    // The length was checked before: by Split, or against the header.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly T At<T>(ReadOnlySpan<byte> record)
        where T : unmanaged => ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(record));
}
