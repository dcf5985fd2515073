// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Decoding;

public sealed partial class EventDecoder
{
    private static DecodeResult DecodeTcp<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<TcpRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly TcpRecord fixedPart = ref At<TcpRecord>(record);
        if (!IsAddress(fixedPart.Family))
        {
            return DecodeResult.BadFamily;
        }

        handler.OnTcp(new TcpEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeFlow<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<FlowRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly FlowRecord fixedPart = ref At<FlowRecord>(record);
        if (!IsAddress(fixedPart.Family))
        {
            return DecodeResult.BadFamily;
        }

        handler.OnFlow(new FlowEvent(in fixedPart, tail));
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
        if (!IsAddress(fixedPart.Family))
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

    private static DecodeResult DecodeSocket<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<SocketRecord>(record, out _);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        // Any family: packet sockets and rarer ones have no address, which reads as 0.0.0.0.
        ref readonly SocketRecord fixedPart = ref At<SocketRecord>(record);
        handler.OnSocket(new SocketEvent(in fixedPart));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeUnixConnect<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<UnixConnectRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly UnixConnectRecord fixedPart = ref At<UnixConnectRecord>(record);
        if (!IsInside(fixedPart.Path, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnUnixConnect(new UnixConnectEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodePayload<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<PayloadRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly PayloadRecord fixedPart = ref At<PayloadRecord>(record);
        if (!IsAddress(fixedPart.Family))
        {
            return DecodeResult.BadFamily;
        }

        if (!IsInside(fixedPart.Payload, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnPayload(new PayloadEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }
}
