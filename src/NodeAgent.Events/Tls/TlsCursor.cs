// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Events.Tls;

/// <summary>Takes length-prefixed parts off the front of a message. A length that leads out of the bytes gives false.</summary>
internal ref struct TlsCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsEmpty => _rest.IsEmpty;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryTake(int size, out ReadOnlySpan<byte> part)
    {
        part = default;
        if (size > _rest.Length)
        {
            return false;
        }

        part = _rest[..size];
        _rest = _rest[size..];
        return true;
    }

    public bool TryTakeByte(out byte value)
    {
        bool taken = TryTake(1, out ReadOnlySpan<byte> part);
        value = taken ? part[0] : (byte)0;
        return taken;
    }

    public bool TryTakeU16(out ushort value)
    {
        bool taken = TryTake(2, out ReadOnlySpan<byte> part);
        value = taken ? BinaryPrimitives.ReadUInt16BigEndian(part) : (ushort)0;
        return taken;
    }

    /// <summary>A part behind a length of one byte.</summary>
    public bool TryTakeVector8(out ReadOnlySpan<byte> part)
    {
        part = default;
        return TryTakeByte(out byte size) && TryTake(size, out part);
    }

    /// <summary>A part behind a length of two bytes.</summary>
    public bool TryTakeVector16(out ReadOnlySpan<byte> part)
    {
        part = default;
        return TryTakeU16(out ushort size) && TryTake(size, out part);
    }
}
