// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;

namespace NodeAgent.Files;

/// <summary>What some files say together, read again when their text is another: a mounted secret that is renewed needs no restart.</summary>
/// <remarks>Threads: any. What cannot be read, or does not fit together yet, leaves what was there in force and is told once.</remarks>
public sealed class FollowedFiles<T>
    where T : class
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<string> _paths;
    private readonly Func<IReadOnlyList<string>, T> _read;
    private readonly TimeProvider _time;
    private readonly FileReports _reports;
    private readonly Lock _lock = new();
    private string[] _texts;
    private volatile T _current;
    private string? _told;
    private long _lookedAt;

    /// <param name="read">From the files' texts; throws <see cref="FormatException"/>, <see cref="CryptographicException"/> or <see cref="ArgumentException"/>.</param>
    /// <remarks>Errors: those of <paramref name="read"/>, <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>: at the start the files must be right.</remarks>
    public FollowedFiles(IReadOnlyList<string> paths, Func<IReadOnlyList<string>, T> read, TimeProvider time, FileReports reports)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(reports);
        _paths = paths;
        _read = read;
        _time = time;
        _reports = reports;
        _texts = Texts();
        _current = read(_texts);
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>As of five seconds ago at most.</summary>
    public T Current
    {
        get
        {
            if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= Interval)
            {
                Look();
            }

            return _current;
        }
    }

    private void Look()
    {
        // One looks; the others go on with what there is.
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            Volatile.Write(ref _lookedAt, _time.GetTimestamp());
            string[] texts = Texts();
            if (!texts.SequenceEqual(_texts))
            {
                _current = _read(texts);
                _texts = texts;
                _told = null;
                _reports.Reloaded(string.Join(", ", _paths));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or CryptographicException or ArgumentException)
        {
            if (_told != error.Message)
            {
                _told = error.Message;
                _reports.Unusable(string.Join(", ", _paths), error.Message);
            }
        }
        finally
        {
            _lock.Exit();
        }
    }

    private string[] Texts() => [.. _paths.Select(File.ReadAllText)];
}
