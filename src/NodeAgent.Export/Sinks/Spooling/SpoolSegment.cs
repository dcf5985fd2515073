// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Files;

namespace NodeAgent.Export.Sinks.Spooling;

/// <summary>One segment: where its sound frames end, how many they are and how old the newest is.</summary>
internal sealed class SpoolSegment(string path, ulong first)
{
    public string Path { get; } = path;

    /// <summary>The number of its first alert.</summary>
    public ulong First { get; } = first;

    /// <summary>The number after its last one.</summary>
    public ulong End { get; private set; } = first;

    /// <summary>Units: bytes that are sound.</summary>
    public long Length { get; private set; } = SpoolFile.HeaderSize;

    /// <summary>Units: Unix ms.</summary>
    public long NewestMs { get; private set; }

    /// <summary>Places at which a frame was no frame any more; how many alerts stood there cannot be known.</summary>
    public int Damaged { get; private set; }

    public void Added(int frameLength, long unixMs)
    {
        Length += frameLength;
        End++;
        NewestMs = Math.Max(NewestMs, unixMs);
    }

    /// <summary>Reads it once from begin to end. What follows the last sound frame is a write that was cut off, and no alert.</summary>
    /// <exception cref="InvalidDataException">It is no segment.</exception>
    public static SpoolSegment Scan(string path, ulong first)
    {
        var segment = new SpoolSegment(path, first);
        byte[] bytes = File.ReadAllBytes(path);
        if (!SpoolFile.IsHeader(bytes))
        {
            throw new InvalidDataException("it is no spool segment of a known version");
        }

        int at = SpoolFile.HeaderSize;
        while (Frame.TryFind(bytes.AsSpan(at), SpoolFile.FrameMagic, SpoolFile.MaxPayload, out ReadOnlySpan<byte> payload, out bool isSound))
        {
            if (!isSound || payload.Length < SpoolFile.TimeSize)
            {
                break;
            }

            segment.Added(Frame.HeaderSize + payload.Length, BinaryPrimitives.ReadInt64LittleEndian(payload));
            at += Frame.HeaderSize + payload.Length;
        }

        segment.Damaged = bytes.AsSpan(at).IndexOf(SpoolFile.FrameMagic) > 0 || (at < bytes.Length && IsWholeButUnsound(bytes.AsSpan(at))) ? 1 : 0;
        return segment;
    }

    // A frame of full length whose sum is wrong was altered on the disk; a shorter one was cut off while it was written.
    private static bool IsWholeButUnsound(ReadOnlySpan<byte> rest) =>
        Frame.TryFind(rest, SpoolFile.FrameMagic, SpoolFile.MaxPayload, out _, out bool isSound) && !isSound;
}
