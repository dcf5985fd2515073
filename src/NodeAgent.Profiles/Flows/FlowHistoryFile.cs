// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;

namespace NodeAgent.Profiles.Flows;

/// <summary>What a flow history's file held.</summary>
/// <param name="SoundBytes">Units: bytes up to the end of the last frame that is whole.</param>
/// <param name="TornBytes">Units: bytes after that: a write that was cut off, by a crash or because it goes on right now.</param>
/// <param name="DamagedFrames">Frames before the end whose checksum or content is wrong; their flows are missing.</param>
public sealed record FlowHistoryContent(FlowHistory History, long SoundBytes, long TornBytes, int DamagedFrames);

/// <summary>Reads a flow history; also while an agent writes it.</summary>
public static class FlowHistoryFile
{
    // An agent keeps it far below; what a person put there is not read for ever.
    private const long MaxBytes = 1L << 30;

    /// <exception cref="InvalidDataException">It is no flow history, or of another version; the message says which.</exception>
    /// <exception cref="IOException">It cannot be read; <see cref="FileNotFoundException"/>: there is none.</exception>
    public static FlowHistoryContent Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (file.Length > MaxBytes)
        {
            throw new InvalidDataException($"{file.Length} bytes are too many");
        }

        byte[] bytes = new byte[file.Length];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Read(bytes.AsSpan(0, length));
    }

    internal static FlowHistoryContent Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FlowFrames.FileHeaderSize || !bytes.StartsWith(FlowFrames.FileMagic))
        {
            throw new InvalidDataException("it is no flow history, or cut");
        }

        if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) is not FlowFrames.Version and var version)
        {
            throw new InvalidDataException($"version {version} is not known");
        }

        var history = new FlowHistory();
        int at = FlowFrames.FileHeaderSize;
        int damaged = 0;
        while (FlowFrames.TryFind(bytes[at..], out ReadOnlySpan<byte> payload, out bool isSound))
        {
            int end = at + FlowFrames.FrameHeaderSize + payload.Length;

            // A wrong sum at the very end is a write that was cut off after its length.
            if (!isSound && end == bytes.Length)
            {
                break;
            }

            damaged += isSound && TryRead(payload, history) ? 0 : 1;
            at = end;
        }

        return new FlowHistoryContent(history, at, bytes.Length - at, damaged);
    }

    private static bool TryRead(ReadOnlySpan<byte> payload, FlowHistory history)
    {
        try
        {
            FlowFrameReader.Read(payload, history);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
