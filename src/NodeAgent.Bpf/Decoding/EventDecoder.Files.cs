// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Decoding;

public sealed partial class EventDecoder
{
    private static DecodeResult DecodeOpen<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<OpenRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly OpenRecord fixedPart = ref At<OpenRecord>(record);
        if (!IsInside(fixedPart.Path, tail) || !IsInside(fixedPart.Caller, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnOpen(new OpenEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeFileChange<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<FileChangeRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly FileChangeRecord fixedPart = ref At<FileChangeRecord>(record);
        if (!IsInside(fixedPart.Path, tail) || !IsInside(fixedPart.OtherPath, tail) || !IsInside(fixedPart.Name, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnFileChange(new FileChangeEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }
}
