// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using NodeAgent.Files;

namespace NodeAgent.Export.Sinks.Spooling;

/// <summary>The shape of a spool on the disk.</summary>
/// <remarks>
/// A segment is named by the number of its first alert (16 hex digits and <c>.seg</c>): "NASP", version (u16), 0 (u16), then one frame
/// (<see cref="Frame"/>) "ALRT" for each alert: when it was spooled (i64, Unix ms), then the alert's line. Numbers go on without a gap. The file
/// <c>position</c> holds the number of the first alert that was not delivered (u64) and a checksum (u32): lost or torn it costs duplicates, never an alert.
/// </remarks>
internal static class SpoolFile
{
    public const ushort Version = 1;
    public const int HeaderSize = 8;
    public const int TimeSize = sizeof(long);
    public const int PositionSize = sizeof(ulong) + sizeof(uint);

    /// <summary>Units: bytes. An alert is far below; a length over it is damage.</summary>
    public const int MaxPayload = 8 << 20;

    public const string SegmentExtension = ".seg";
    public const string PositionName = "position";

    public static ReadOnlySpan<byte> FileMagic => "NASP"u8;

    public static ReadOnlySpan<byte> FrameMagic => "ALRT"u8;

    public static string NameOf(ulong first) => first.ToString("x16", CultureInfo.InvariantCulture) + SegmentExtension;

    public static bool TryParseName(string path, out ulong first) =>
        ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out first);

    public static byte[] Header()
    {
        byte[] header = new byte[HeaderSize];
        FileMagic.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), Version);
        return header;
    }

    public static bool IsHeader(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= HeaderSize && bytes.StartsWith(FileMagic) && BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) == Version;

    /// <param name="unixMs">When it was spooled.</param>
    public static byte[] FrameOf(long unixMs, ReadOnlySpan<byte> line)
    {
        byte[] frame = new byte[Frame.HeaderSize + TimeSize + line.Length];
        Span<byte> payload = frame.AsSpan(Frame.HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(payload, unixMs);
        line.CopyTo(payload[TimeSize..]);
        Frame.WriteHeader(frame, FrameMagic, payload);
        return frame;
    }

    public static byte[] Position(ulong next)
    {
        byte[] bytes = new byte[PositionSize];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, next);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(sizeof(ulong)), Crc32C.Of(bytes.AsSpan(0, sizeof(ulong))));
        return bytes;
    }

    public static bool TryReadPosition(ReadOnlySpan<byte> bytes, out ulong next)
    {
        next = bytes.Length == PositionSize ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return bytes.Length == PositionSize && BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(ulong)..]) == Crc32C.Of(bytes[..sizeof(ulong)]);
    }
}
