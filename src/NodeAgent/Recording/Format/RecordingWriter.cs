// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text.Json;

namespace NodeAgent.Recording.Format;

/// <summary>Writes a recording of bounded size. For one thread.</summary>
/// <remarks>Errors: those of the stream (<see cref="IOException"/>).</remarks>
internal sealed class RecordingWriter : IDisposable
{
    // What a kill costs at most, and what one compression takes of the loop's time.
    private const int BlockBytes = 128 << 10;

    // Room for the last frame.
    private const int EndReserve = 512;

    private readonly Stream _output;
    private readonly long _maxBytes;
    private readonly byte[] _block = new byte[RecordingFrames.MaxBlockBytes];
    private int _used;
    private long _inBlock;
    private bool _isFull;
    private bool _isEnded;

    /// <param name="output">Taken over.</param>
    /// <param name="maxBytes">Units: bytes of the whole file.</param>
    public RecordingWriter(Stream output, RecordingHeader header, long maxBytes)
    {
        _output = output;
        _maxBytes = maxBytes;
        Write(RecordingFrames.Pack(RecordingFrames.HeaderMagic, JsonSerializer.SerializeToUtf8Bytes(header, RecordingJsonContext.Default.RecordingHeader)));
    }

    /// <summary>Units: bytes that are in the file.</summary>
    public long WrittenBytes { get; private set; }

    public long Records { get; private set; }

    public long Ticks { get; private set; }

    /// <summary>Units: entries that found the file full.</summary>
    public long NotWritten { get; private set; }

    /// <summary>What the entries of losses and cuts add up to.</summary>
    public long Lost { get; private set; }

    /// <param name="head">Numbers, before the bytes.</param>
    public void Append(EntryType type, ReadOnlySpan<byte> head, ReadOnlySpan<byte> bytes)
    {
        int length = head.Length + bytes.Length;
        Lost += type switch
        {
            EntryType.Loss => CountAt(head, 10),
            EntryType.Cut => CountAt(head, 12),
            _ => 0,
        };
        if (_isFull || RecordingFrames.EntryHeadSize + length > RecordingFrames.MaxEntryBytes)
        {
            NotWritten++;
            return;
        }

        if (_used > 0 && _used + RecordingFrames.EntryHeadSize + length > BlockBytes)
        {
            Flush();
            if (_isFull)
            {
                NotWritten++;
                return;
            }
        }

        Span<byte> entry = _block.AsSpan(_used);
        entry[0] = (byte)type;
        BinaryPrimitives.WriteInt32LittleEndian(entry[1..], length);
        head.CopyTo(entry[RecordingFrames.EntryHeadSize..]);
        bytes.CopyTo(entry[(RecordingFrames.EntryHeadSize + head.Length)..]);
        _used += RecordingFrames.EntryHeadSize + length;
        _inBlock++;
        Records += type == EntryType.Record ? 1 : 0;
        Ticks += type == EntryType.Tick ? 1 : 0;
    }

    private static long CountAt(ReadOnlySpan<byte> head, int offset) => head.Length < offset + sizeof(ulong) ? 0 : (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(head[offset..]), long.MaxValue);

    /// <summary>Writes what is there, so that a kill costs nothing of it.</summary>
    public void Flush()
    {
        if (_used == 0)
        {
            return;
        }

        byte[] frame = RecordingFrames.Pack(RecordingFrames.BlockMagic, _block.AsSpan(0, _used));
        if (WrittenBytes + frame.Length + EndReserve > _maxBytes)
        {
            _isFull = true;
            NotWritten += _inBlock;
        }
        else
        {
            Write(frame);
        }

        (_used, _inBlock) = (0, 0);
    }

    /// <summary>Ends the file in order.</summary>
    public void End()
    {
        if (!_isEnded)
        {
            _isEnded = true;
            Flush();
            var end = new RecordingEnd { Records = Records, Ticks = Ticks, NotWritten = NotWritten, Lost = Lost };
            Write(RecordingFrames.Pack(RecordingFrames.EndMagic, JsonSerializer.SerializeToUtf8Bytes(end, RecordingJsonContext.Default.RecordingEnd)));
            _output.Flush();
        }
    }

    public void Dispose() => _output.Dispose();

    private void Write(byte[] frame)
    {
        _output.Write(frame);
        WrittenBytes += frame.Length;
    }
}
