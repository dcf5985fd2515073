// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Files;

namespace NodeAgent.Export.Sinks.Spooling;

/// <summary>The segments: which there are, which goes.</summary>
internal sealed partial class AlertSpool
{
    private long HeldFrom(ulong number)
    {
        long held = 0;
        foreach (SpoolSegment segment in _segments)
        {
            held += segment.End <= number ? 0 : (long)(segment.End - Math.Max(segment.First, number));
        }

        return held;
    }

    // Always goes on in a new segment: nothing is appended behind what a kill may have cut.
    private void Recover()
    {
        foreach (string path in Directory.GetFiles(_options.Directory, "*" + SpoolFile.SegmentExtension).Order(StringComparer.Ordinal))
        {
            if (SpoolFile.TryParseName(path, out ulong first))
            {
                Take(path, first);
            }
        }

        _next = _segments.Count == 0 ? 0 : _segments[^1].End;
        string positionPath = Path.Combine(_options.Directory, SpoolFile.PositionName);
        bool isKnown = SpoolFile.TryReadPosition(File.Exists(positionPath) ? File.ReadAllBytes(positionPath) : [], out ulong position);
        ulong oldest = _segments.Count == 0 ? 0 : _segments[0].First;
        _confirmed = Math.Max(oldest, isKnown ? position : 0);
        _next = Math.Max(_next, _confirmed);
        _read = _confirmed;
        foreach (SpoolSegment done in _segments.Where(segment => segment.End <= _confirmed).ToArray())
        {
            Delete(done);
        }

        if (HeldFrom(_read) is > 0 and long waiting)
        {
            Log.SpoolTakenUp(_logger, _options.Directory, waiting);
        }
    }

    private void Take(string path, ulong first)
    {
        SpoolSegment segment;
        try
        {
            segment = SpoolSegment.Scan(path, first);
        }
        catch (InvalidDataException error)
        {
            File.Move(path, path + ".corrupt", overwrite: true);
            Log.SpoolDamaged(_logger, path, error.Message);
            _lostToDamage++;
            return;
        }

        if (_segments.Count > 0 && _segments[^1] is { Damaged: > 0 } before)
        {
            // How many stood behind the damage is known from the number of what follows.
            _lostToDamage += Math.Max(0, (long)(first - before.End) - 1);
        }

        if (segment.Damaged > 0)
        {
            _lostToDamage++;
            Log.SpoolDamaged(_logger, path, "a checksum is wrong");
        }

        _segments.Add(segment);
    }

    private SpoolSegment Writable(int frameLength)
    {
        if (_writer is not null && _segments[^1].Length + frameLength <= _options.SegmentBytes)
        {
            return _segments[^1];
        }

        var segment = new SpoolSegment(Path.Combine(_options.Directory, SpoolFile.NameOf(_next)), _next);
        try
        {
            CloseWriter();
            Directory.CreateDirectory(_options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            _segments.RemoveAll(empty => empty.Path == segment.Path);
            FileStream file = WholeFile.Open(segment.Path, FileMode.Create);
            _writer = file;
            file.Write(SpoolFile.Header());
        }
        catch (Exception error) when (WholeFile.IsEnvironment(error))
        {
            _writer?.Dispose();
            _writer = null;
            throw new IOException(error.Message, error);
        }

        _segments.Add(segment);
        return segment;
    }

    private void CloseWriter()
    {
        FileStream? writer = _writer;
        _writer = null;
        writer?.Flush(flushToDisk: _isDirty);
        writer?.Dispose();
        _isDirty = false;
    }

    // A disk that is full takes a part of a frame; the next alert must not stand behind it.
    private void TakeBack(SpoolSegment segment)
    {
        try
        {
            _writer?.SetLength(segment.Length);
            _writer?.Seek(0, SeekOrigin.End);
        }
        catch (Exception error) when (WholeFile.IsEnvironment(error))
        {
            _writer?.Dispose();
            _writer = null;
        }
    }

    private void MakeRoom()
    {
        long bytes = _segments.Sum(segment => segment.Length);
        while (bytes > _options.MaxBytes && _segments.SkipLast(1).FirstOrDefault(IsUnread) is { } oldest)
        {
            long dropped = (long)(oldest.End - Math.Max(oldest.First, _read));
            _droppedForRoom += dropped;
            bytes -= oldest.Length;
            Delete(oldest);
            Log.SpoolFull(_logger, _options.Directory, _options.MaxBytes, dropped);
        }
    }

    /// <summary>Drops segments of which every alert is too old; those that stand beside younger ones go when they are read.</summary>
    public void DropExpired()
    {
        lock (_lock)
        {
            long oldest = OldestMs();
            while (_segments.SkipLast(1).FirstOrDefault(segment => segment.NewestMs < oldest && IsUnread(segment)) is { } expired)
            {
                _droppedForAge += (long)(expired.End - Math.Max(expired.First, _read));
                Delete(expired);
            }
        }
    }

    // Nothing of it has been read and waits for its confirmation.
    private bool IsUnread(SpoolSegment segment) => segment.First >= _read || (segment.End > _read && _confirmed == _read);

    private long OldestMs() => (_time.GetUtcNow() - _options.MaxAge).ToUnixTimeMilliseconds();

    private void Delete(SpoolSegment segment)
    {
        if (_readerSegment == segment)
        {
            CloseReader();
        }

        _segments.Remove(segment);
        try
        {
            File.Delete(segment.Path);
        }
        catch (Exception error) when (WholeFile.IsEnvironment(error))
        {
            // It is met again at the next start, and its alerts are told twice: better than not at all.
            Log.SpoolFails(_logger, _options.Directory, error.Message);
        }
    }

    private void WritePosition()
    {
        try
        {
            _position ??= WholeFile.Open(Path.Combine(_options.Directory, SpoolFile.PositionName), FileMode.OpenOrCreate);
            _position.Seek(0, SeekOrigin.Begin);
            _position.Write(SpoolFile.Position(_confirmed));
        }
        catch (Exception error) when (WholeFile.IsEnvironment(error))
        {
            _position?.Dispose();
            _position = null;
            Log.SpoolFails(_logger, _options.Directory, error.Message);
        }
    }
}
