// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Files;

namespace NodeAgent.Export.Sinks.Spooling;

/// <summary>The one reader, which goes from alert to alert.</summary>
internal sealed partial class AlertSpool
{
    /// <summary>The next alert in order.</summary>
    /// <returns>False: there is none.</returns>
    /// <exception cref="IOException">The disk does not give it now; it is there still.</exception>
    public bool TryRead(out SpooledAlert alert)
    {
        lock (_lock)
        {
            while (_segments.Find(candidate => candidate.End > _read) is { } segment)
            {
                _read = Math.Max(_read, segment.First);
                if (!TryReadFrom(segment, out alert))
                {
                    SkipRestOf(segment);
                }
                else if (alert.UnixMs < OldestMs() && _confirmed >= alert.Number)
                {
                    _droppedForAge++;
                    _confirmed = alert.Number + 1;
                }
                else
                {
                    return true;
                }
            }

            alert = default;
            return false;
        }
    }

    // What was confirmed ends where a gap begins: nothing stands between.
    private bool TryReadFrom(SpoolSegment segment, out SpooledAlert alert)
    {
        alert = default;
        bool nothingInFlight = _confirmed >= _read || HeldFrom(_confirmed) == HeldFrom(_read);
        try
        {
            FileStream reader = ReaderOf(segment);
            while (_readerAt < _read)
            {
                if (ReadFrame(reader) is null)
                {
                    return false;
                }
            }

            if (ReadFrame(reader) is not { } payload)
            {
                return false;
            }

            if (nothingInFlight)
            {
                _confirmed = _read;
            }

            alert = new SpooledAlert(_read++, BinaryPrimitives.ReadInt64LittleEndian(payload), payload[SpoolFile.TimeSize..]);
            return true;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return false; // somebody took it away
        }
        catch (Exception error) when (WholeFile.IsEnvironment(error))
        {
            CloseReader();
            throw new IOException(error.Message, error);
        }
    }

    private FileStream ReaderOf(SpoolSegment segment)
    {
        if (_reader is not null && _readerSegment == segment && _readerAt <= _read)
        {
            return _reader;
        }

        CloseReader();
        _reader = new FileStream(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 16 << 10);
        _reader.Seek(SpoolFile.HeaderSize, SeekOrigin.Begin);
        _readerSegment = segment;
        _readerAt = segment.First;
        return _reader;
    }

    private byte[]? ReadFrame(FileStream reader)
    {
        Span<byte> header = stackalloc byte[Frame.HeaderSize];
        if (reader.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length
            || !Frame.TryReadLength(header, SpoolFile.FrameMagic, SpoolFile.MaxPayload, out int length)
            || length < SpoolFile.TimeSize)
        {
            return null;
        }

        byte[] payload = new byte[length];
        if (reader.ReadAtLeast(payload, length, throwOnEndOfStream: false) < length || !Frame.IsSound(header, payload))
        {
            return null;
        }

        _readerAt++;
        return payload;
    }

    // It was sound when it was written or scanned: somebody altered it since.
    private void SkipRestOf(SpoolSegment segment)
    {
        _lostToDamage += (long)(segment.End - _read);
        Log.SpoolDamaged(_logger, segment.Path, "it was altered after it was written");
        CloseReader();
        _read = segment.End;
        if (_writer is not null && segment == _segments[^1])
        {
            _writer.Dispose();
            _writer = null;
        }
    }

    private void CloseReader()
    {
        _reader?.Dispose();
        _reader = null;
        _readerSegment = null;
    }
}
