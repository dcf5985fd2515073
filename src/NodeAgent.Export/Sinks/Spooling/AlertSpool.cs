// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Files;

namespace NodeAgent.Export.Sinks.Spooling;

/// <summary>What one receiver has not confirmed yet, on the disk, in order. Costs no memory for what waits.</summary>
/// <remarks>
/// Every alert that was appended is, exactly once: delivered (<see cref="Confirm"/>), dropped for room, dropped for age, lost to damage, or waiting.
/// A segment with alerts that were read and are not confirmed yet is never dropped, so that the reader may begin again with them.
/// Thread-safe; one reader. Survives a kill at any point; a machine that loses power keeps what <see cref="Flush"/> has flushed.
/// </remarks>
internal sealed partial class AlertSpool : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Lock _flushLock = new();
    private readonly SpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<SpoolSegment> _segments = [];
    private FileStream? _writer;
    private FileStream? _reader;
    private FileStream? _position;
    private ulong _next;
    private ulong _read;
    private ulong _confirmed;
    private SpoolSegment? _readerSegment;
    private ulong _readerAt;
    private bool _isDirty;
    private long _droppedForRoom;
    private long _droppedForAge;
    private long _lostToDamage;

    private AlertSpool(SpoolOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Alerts that gave way to newer ones.</summary>
    public long DroppedForRoom => Volatile.Read(ref _droppedForRoom);

    public long DroppedForAge => Volatile.Read(ref _droppedForAge);

    /// <summary>Alerts that were altered on the disk, and those behind them in their segment.</summary>
    public long LostToDamage => Volatile.Read(ref _lostToDamage);

    /// <summary>Alerts that were neither confirmed nor dropped.</summary>
    public long Waiting
    {
        get
        {
            lock (_lock)
            {
                return HeldFrom(_confirmed);
            }
        }
    }

    /// <summary>Alerts that nobody has read yet.</summary>
    public long Unread
    {
        get
        {
            lock (_lock)
            {
                return HeldFrom(_read);
            }
        }
    }

    /// <summary>Units: bytes.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _segments.Sum(segment => segment.Length);
            }
        }
    }

    /// <exception cref="IOException">The directory cannot be used.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static AlertSpool Open(SpoolOptions options, TimeProvider time, ILogger logger)
    {
        var spool = new AlertSpool(options, time, logger);
        Directory.CreateDirectory(options.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        spool.Recover();
        return spool;
    }

    /// <summary>After this returns, a kill of this process loses nothing of it.</summary>
    /// <param name="line">Shape: one JSON object in UTF-8 and the <c>\n</c> that ends it.</param>
    /// <exception cref="IOException">It is not in the spool, wholly or in part.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        if (line.Length > SpoolFile.MaxPayload - SpoolFile.TimeSize)
        {
            throw new IOException($"an alert of {line.Length} bytes is too long for a spool");
        }

        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        byte[] frame = SpoolFile.FrameOf(now, line);
        lock (_lock)
        {
            SpoolSegment segment = Writable(frame.Length);
            try
            {
                _writer!.Write(frame);
            }
            catch (Exception error) when (WholeFile.IsEnvironment(error))
            {
                TakeBack(segment);
                throw new IOException(error.Message, error);
            }

            segment.Added(frame.Length, now);
            _next++;
            _isDirty = true;
            MakeRoom();
        }
    }

    /// <summary>Flushes what was appended since the last call to the disk, all at once; does nothing when nothing was.</summary>
    public void Flush()
    {
        // The lock of the appenders is not held while the disk takes its time.
        lock (_flushLock)
        {
            FileStream? writer;
            lock (_lock)
            {
                writer = _isDirty ? _writer : null;
                _isDirty = false;
            }

            try
            {
                writer?.Flush(flushToDisk: true);
            }
            catch (ObjectDisposedException)
            {
                // A segment that was closed meanwhile was flushed then.
            }
        }
    }

    /// <summary>Everything up to and with this number has arrived.</summary>
    public void Confirm(ulong number)
    {
        lock (_lock)
        {
            _confirmed = Math.Max(_confirmed, number + 1);
            while (_segments.Count > 1 && _segments[0].End <= _confirmed)
            {
                Delete(_segments[0]);
            }

            WritePosition();
        }
    }

    /// <summary>Gives up what was read and not confirmed, since it is too old.</summary>
    /// <param name="number">The last of it.</param>
    public void GiveUp(ulong number, int count)
    {
        _droppedForAge += count;
        Confirm(number);
    }

    /// <summary>The next read begins again at what was not confirmed.</summary>
    public void Rewind()
    {
        lock (_lock)
        {
            _read = _confirmed;
            CloseReader();
        }
    }

    public void Dispose()
    {
        Flush();
        lock (_lock)
        {
            CloseReader();
            _writer?.Dispose();
            _writer = null;
            _position?.Dispose();
            _position = null;
        }
    }
}
