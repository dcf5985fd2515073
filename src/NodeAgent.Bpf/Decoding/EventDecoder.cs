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
public sealed class EventDecoder
{
    private const ushort FamilyV4 = 2;
    private const ushort FamilyV6 = 10;

    public DecodeCounters Counters { get; } = new();

    /// <returns>Ok when the handler was called. Never throws for what the record holds.</returns>
    public DecodeResult Decode<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult result = Dispatch(record, ref handler);
        Counters.Count(result);
        return result;
    }

    /// <summary>The kind that a record claims, for counting a malformed one; None when it is too short to say.</summary>
    public static EventKind KindOf(ReadOnlySpan<byte> record) =>
        record.Length < Unsafe.SizeOf<HeaderRecord>() ? EventKind.None : HeaderOf(record).Kind;

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
            _ => DecodeResult.UnknownKind,
        };
    }

    private static DecodeResult DecodeOpen<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<OpenRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly OpenRecord fixedPart = ref At<OpenRecord>(record);
        if (!IsInside(fixedPart.Path, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnOpen(new OpenEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeExec<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<ExecRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly ExecRecord fixedPart = ref At<ExecRecord>(record);
        if (!IsInside(fixedPart.Exe, tail) || !IsInside(fixedPart.Cwd, tail) || !IsInside(fixedPart.Argv, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnExec(new ExecEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeFork<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<ForkRecord>(record, out _);
        if (split == DecodeResult.Ok)
        {
            handler.OnFork(new ForkEvent(in At<ForkRecord>(record)));
        }

        return split;
    }

    private static DecodeResult DecodeExit<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<ExitRecord>(record, out _);
        if (split == DecodeResult.Ok)
        {
            handler.OnExit(new ExitEvent(in At<ExitRecord>(record)));
        }

        return split;
    }

    private static DecodeResult DecodeTcp<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<TcpRecord>(record, out _);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly TcpRecord fixedPart = ref At<TcpRecord>(record);
        if (fixedPart.Family is not (FamilyV4 or FamilyV6))
        {
            return DecodeResult.BadFamily;
        }

        handler.OnTcp(new TcpEvent(in fixedPart));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeFlow<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<FlowRecord>(record, out _);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly FlowRecord fixedPart = ref At<FlowRecord>(record);
        if (fixedPart.Family is not (FamilyV4 or FamilyV6))
        {
            return DecodeResult.BadFamily;
        }

        handler.OnFlow(new FlowEvent(in fixedPart));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeDns<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<DnsRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly DnsRecord fixedPart = ref At<DnsRecord>(record);
        if (fixedPart.Family is not (FamilyV4 or FamilyV6))
        {
            return DecodeResult.BadFamily;
        }

        if (!IsInside(fixedPart.Message, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnDns(new DnsEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeCgroup<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<CgroupRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly CgroupRecord fixedPart = ref At<CgroupRecord>(record);
        if (!IsInside(fixedPart.Path, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnCgroup(new CgroupEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

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
    private static bool IsInside(WireString text, ReadOnlySpan<byte> tail) => text.Offset + text.Length <= tail.Length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly HeaderRecord HeaderOf(ReadOnlySpan<byte> record) => ref At<HeaderRecord>(record);

    // The length was checked before: by Split, or against the header.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref readonly T At<T>(ReadOnlySpan<byte> record)
        where T : unmanaged => ref Unsafe.As<byte, T>(ref MemoryMarshal.GetReference(record));
}
