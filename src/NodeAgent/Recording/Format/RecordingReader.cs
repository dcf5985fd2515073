// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using NodeAgent.Files;

namespace NodeAgent.Recording.Format;

/// <summary>Reads a recording up to its end, or up to where it is damaged. Nothing in it is trusted. For one thread.</summary>
internal sealed class RecordingReader : IDisposable
{
    private readonly Stream _input;
    private readonly byte[] _payload = new byte[RecordingFrames.MaxPayloadBytes];
    private readonly byte[] _block = new byte[RecordingFrames.MaxBlockBytes];
    private int _at;
    private int _length;
    private long _frame;

    /// <param name="input">Taken over when it is a recording.</param>
    /// <exception cref="FormatException">It is no recording, or one of another version.</exception>
    public RecordingReader(Stream input)
    {
        _input = input;
        if (!TryReadFrame(out ReadOnlySpan<byte> magic, out int length) || !magic.SequenceEqual(RecordingFrames.HeaderMagic))
        {
            throw new FormatException(_frame == 0 && Damage is null ? "is empty" : "is no recording of this program (node-agent record makes them)");
        }

        Header = WholeFacts.Of(Parse(_block.AsSpan(0, length), RecordingJsonContext.Default.RecordingHeader) ?? throw new FormatException("has a header that cannot be read"));
        if (Header.Version != RecordingHeader.CurrentVersion)
        {
            throw new FormatException(string.Create(
                CultureInfo.InvariantCulture, $"has version {Header.Version} of the format, and this program reads {RecordingHeader.CurrentVersion}"));
        }
    }

    public RecordingHeader Header { get; }

    /// <summary>Null until the end was read, and for a file that was cut off.</summary>
    public RecordingEnd? End { get; private set; }

    /// <summary>What is wrong with the file, and where; null = nothing so far.</summary>
    public string? Damage { get; private set; }

    /// <summary>Entries that were read.</summary>
    public long Entries { get; private set; }

    /// <param name="payload">Valid until the next call.</param>
    /// <returns>False: the end, or what <see cref="Damage"/> says.</returns>
    public bool TryRead(out EntryType type, out ReadOnlySpan<byte> payload)
    {
        type = EntryType.None;
        payload = default;
        while (_at == _length)
        {
            if (Damage is not null || End is not null || !TryReadBlock())
            {
                return false;
            }
        }

        ReadOnlySpan<byte> rest = _block.AsSpan(_at, _length - _at);
        int size = rest.Length < RecordingFrames.EntryHeadSize ? -1 : BinaryPrimitives.ReadInt32LittleEndian(rest[1..]);
        if (size < 0 || size > rest.Length - RecordingFrames.EntryHeadSize || rest[0] is 0 or >= (byte)EntryType.Limit)
        {
            Fail("holds an entry that makes no sense");
            return false;
        }

        type = (EntryType)rest[0];
        payload = rest.Slice(RecordingFrames.EntryHeadSize, size);
        _at += RecordingFrames.EntryHeadSize + size;
        Entries++;
        return true;
    }

    /// <summary>For whoever finds that an entry makes no sense: nothing behind it is read.</summary>
    public void Fail(string what)
    {
        (_at, _length) = (0, 0);
        Damage ??= string.Create(CultureInfo.InvariantCulture, $"is damaged: frame {_frame} {what}; read until there: {Entries} entries");
    }

    public void Dispose() => _input.Dispose();

    private bool TryReadBlock()
    {
        if (!TryReadFrame(out ReadOnlySpan<byte> magic, out int length))
        {
            if (Damage is null)
            {
                Damage = string.Create(CultureInfo.InvariantCulture, $"was cut off behind frame {_frame}: it has no end; read until there: {Entries} entries");
            }

            return false;
        }

        if (magic.SequenceEqual(RecordingFrames.BlockMagic))
        {
            (_at, _length) = (0, length);
            return true;
        }

        End = magic.SequenceEqual(RecordingFrames.EndMagic) ? Parse(_block.AsSpan(0, length), RecordingJsonContext.Default.RecordingEnd) : null;
        if (End is null)
        {
            Fail("is none that this program knows");
        }

        return false;
    }

    // False without damage: there is nothing more, not even half a frame.
    private bool TryReadFrame(out ReadOnlySpan<byte> magic, out int length)
    {
        magic = default;
        length = 0;
        byte[] header = new byte[Frame.HeaderSize];
        int got = _input.ReadAtLeast(header, Frame.HeaderSize, throwOnEndOfStream: false);
        if (got == 0)
        {
            return false;
        }

        _frame++;
        ReadOnlySpan<byte> name = header.AsSpan(0, RecordingFrames.LengthSize);
        if (got < Frame.HeaderSize)
        {
            Fail("has half a head");
        }
        else if (!Frame.TryReadLength(header, name, RecordingFrames.MaxPayloadBytes, out int size))
        {
            Fail("says a length that none has");
        }
        else if (_input.ReadAtLeast(_payload.AsSpan(0, size), size, throwOnEndOfStream: false) < size)
        {
            Fail("ends too early");
        }
        else if (!Frame.IsSound(header, _payload.AsSpan(0, size)))
        {
            Fail("does not have the checksum that it says");
        }
        else if (!RecordingFrames.TryUnpack(_payload.AsSpan(0, size), _block, out length))
        {
            Fail("cannot be unpacked");
        }

        magic = name;
        return Damage is null;
    }

    private static T? Parse<T>(ReadOnlySpan<byte> json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
