// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Decoding;

public sealed partial class EventDecoder
{
    private static DecodeResult DecodeCapability<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<CapabilityRecord>(record, out _);
        if (split == DecodeResult.Ok)
        {
            handler.OnCapability(new CapabilityEvent(in At<CapabilityRecord>(record)));
        }

        return split;
    }

    private static DecodeResult DecodePrivilege<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<PrivilegeRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly PrivilegeRecord fixedPart = ref At<PrivilegeRecord>(record);
        if (!IsInside(fixedPart.Detail, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnPrivilege(new PrivilegeEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeSyscall<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<SyscallRecord>(record, out _);
        if (split == DecodeResult.Ok)
        {
            handler.OnSyscall(new SyscallEvent(in At<SyscallRecord>(record)));
        }

        return split;
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

    private static DecodeResult DecodeSuppressed<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<SuppressedRecord>(record, out _);
        if (split == DecodeResult.Ok)
        {
            handler.OnSuppressed(new SuppressedEvent(in At<SuppressedRecord>(record)));
        }

        return split;
    }
}
