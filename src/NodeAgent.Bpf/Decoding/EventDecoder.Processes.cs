// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Decoding;

public sealed partial class EventDecoder
{
    private static DecodeResult DecodeExec<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<ExecRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly ExecRecord fixedPart = ref At<ExecRecord>(record);
        if (!IsInside(fixedPart.Exe, tail) || !IsInside(fixedPart.Cwd, tail) || !IsInside(fixedPart.Argv, tail) || !IsInside(fixedPart.Script, tail) || !IsInside(fixedPart.Environment, tail))
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

    private static DecodeResult DecodeExecFailed<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<ExecFailedRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly ExecFailedRecord fixedPart = ref At<ExecFailedRecord>(record);
        if (!IsInside(fixedPart.Path, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnExecFailed(new ExecFailedEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeCredentials<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<CredentialsRecord>(record, out _);
        if (split == DecodeResult.Ok)
        {
            handler.OnCredentials(new CredentialsEvent(in At<CredentialsRecord>(record)));
        }

        return split;
    }

    private static DecodeResult DecodeNamespace<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<NamespaceRecord>(record, out ReadOnlySpan<byte> tail);
        if (split != DecodeResult.Ok)
        {
            return split;
        }

        ref readonly NamespaceRecord fixedPart = ref At<NamespaceRecord>(record);
        if (!IsInside(fixedPart.Path, tail) || !IsInside(fixedPart.OtherPath, tail))
        {
            return DecodeResult.BadString;
        }

        handler.OnNamespace(new NamespaceEvent(in fixedPart, tail));
        return DecodeResult.Ok;
    }

    private static DecodeResult DecodeSignal<THandler>(ReadOnlySpan<byte> record, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        DecodeResult split = Split<SignalRecord>(record, out _);
        if (split == DecodeResult.Ok)
        {
            handler.OnSignal(new SignalEvent(in At<SignalRecord>(record)));
        }

        return split;
    }
}
