// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using NodeAgent.Events.Text;
using NodeAgent.Integrity.Baseline;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Watching;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity;

// All watched files of the machine are compared with the baseline at the start, and again when changes may have been missed.
internal sealed partial class IntegrityWorker
{
    // Units: findings of one scan. A machine that was set up anew is not told of file by file.
    private const int MaxFindings = 500;
    private const int MaxAdopted = 10_000;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ScanInterval = TimeSpan.FromMinutes(1);

    // An event about the file may be on its way.
    private static readonly TimeSpan Doubt = TimeSpan.FromSeconds(2);

    private readonly Channel<BaselineFinding> _findings = Channel.CreateBounded<BaselineFinding>(4096);
    private readonly Queue<(string Path, DateTimeOffset Due)> _doubtful = new();
    private readonly HashSet<string> _visited = new(StringComparer.Ordinal);
    private IReadOnlyList<PathPattern> _known = [];
    private IEnumerator<(string Path, FileFacts Facts)>? _scan;
    private DateTimeOffset _scannedAt;
    private int _found;
    private int _wanted;

    private bool IsScanning => _scan is not null || _doubtful.Count > 0;

    private DateTimeOffset NextScan =>
        _scan is not null ? DateTimeOffset.MinValue
        : _doubtful.TryPeek(out (string Path, DateTimeOffset Due) next) ? next.Due
        : Volatile.Read(ref _wanted) != 0 ? _scannedAt + ScanInterval
        : DateTimeOffset.MaxValue;

    /// <summary>Has all be compared soon, since changes may have been missed. Any thread.</summary>
    public void Compare() => Volatile.Write(ref _wanted, 1);

    /// <summary>Any thread.</summary>
    public bool TryTakeFinding([NotNullWhen(true)] out BaselineFinding? finding) => _findings.Reader.TryRead(out finding);

    private void BeginScans()
    {
        if (_options.BaselineFile.Length > 0 && _baseline.Read(_options.BaselineFile) is { } problem)
        {
            Log.BaselineUnreadable(_logger, _options.BaselineFile, problem);
        }

        foreach ((string path, FileState state) in _baseline.Files)
        {
            Remember(path, state, ByteText.Encode(path));
        }

        // What other patterns cover than those of the baseline is not new, only not known.
        _known = [.. _baseline.Patterns.Select(PathPattern.Parse)];
        _baseline.Use([.. _options.Watched.All.Where(watched => watched.Scopes.HasFlag(WatchScopes.Host)).Select(watched => watched.Path.Text)]);
        BeginScan();
    }

    private void BeginScan()
    {
        Volatile.Write(ref _wanted, 0);
        _scannedAt = _time.GetUtcNow();
        _visited.Clear();
        _found = 0;
        _scan = _host is null || _baseline.Patterns.Count == 0 ? null : BaselineWalk.Find(_host, _options.Watched, _options.MaxFiles).GetEnumerator();
    }

    private void ContinueScan()
    {
        if (_scan is null && _doubtful.Count == 0 && Volatile.Read(ref _wanted) != 0 && _time.GetUtcNow() >= _scannedAt + ScanInterval)
        {
            BeginScan();
        }

        long begun = Stopwatch.GetTimestamp();
        while (_scan is { } scan && Stopwatch.GetElapsedTime(begun) < Slice)
        {
            if (scan.MoveNext())
            {
                _visited.Add(scan.Current.Path);
                Meet(scan.Current.Path, scan.Current.Facts);
            }
            else
            {
                EndScan();
            }
        }

        while (_doubtful.TryPeek(out (string Path, DateTimeOffset Due) next) && next.Due <= _time.GetUtcNow())
        {
            Decide(_doubtful.Dequeue().Path);
        }
    }

    private void Meet(string path, in FileFacts facts)
    {
        byte[] bytes = ByteText.Encode(path);
        if (!_baseline.TryGet(path, out FileState? before))
        {
            if (_known.Any(pattern => pattern.Covers(bytes)))
            {
                _doubtful.Enqueue((path, _time.GetUtcNow() + Doubt));
            }
            else if (_digester.LookAt(_host!, bytes, _stop.Token).State is { } state)
            {
                Remember(path, state, bytes);
            }
        }
        else if (facts != before.Facts)
        {
            _doubtful.Enqueue((path, _time.GetUtcNow() + Doubt));
        }
    }

    private void EndScan()
    {
        _scan!.Dispose();
        _scan = null;
        foreach ((string path, FileState _) in _baseline.Files.Where(file => !_visited.Contains(file.Key)))
        {
            if (_options.Watched.Find(WatchScopes.Host, ByteText.Encode(path), FileChanges.All) is null)
            {
                Forget(path);
            }
            else
            {
                _doubtful.Enqueue((path, _time.GetUtcNow() + Doubt));
            }
        }

        _visited.Clear();

        // From here on, whatever is there and not known is new.
        _known = [.. _baseline.Patterns.Select(PathPattern.Parse)];
        _metrics.Scanned();
        Log.BaselineCompared(_logger, _baseline.Count, _doubtful.Count);
    }

    // What an event told meanwhile is as the baseline has it by now.
    private void Decide(string path)
    {
        byte[] bytes = ByteText.Encode(path);
        if (_pending.ContainsKey(new FileKey(0, path)))
        {
            return;
        }

        FileState? before = _baseline.TryGet(path, out FileState? known) ? known : null;
        FileState? after = _digester.LookAt(_host!, bytes, _stop.Token).State;
        if (after is not null)
        {
            Remember(path, after, bytes);
        }
        else
        {
            Forget(path);
        }

        if (_options.Watched.Find(WatchScopes.Host, bytes, FileChanges.All) is not { } watched || (before is null && after is null))
        {
            return;
        }

        var finding = new BaselineFinding(watched, path, before, after);
        if ((watched.Changes & finding.Change) != 0 && (_found++ >= MaxFindings || !_findings.Writer.TryWrite(finding)))
        {
            _metrics.Dropped("findings");
        }
    }

    // What came with a folder from elsewhere is not told file by file.
    private void AdoptFolder(string path, WatchedPath watched)
    {
        if (_host is null || PathPattern.TryParse(path) is not { } pattern)
        {
            return;
        }

        var list = new WatchList([watched with { Path = pattern, Scopes = WatchScopes.Host }]);
        foreach ((string inside, FileFacts _) in BaselineWalk.Find(_host, list, MaxAdopted).Where(found => !_baseline.TryGet(found.Path, out _)))
        {
            byte[] bytes = ByteText.Encode(inside);
            if (_digester.LookAt(_host, bytes, _stop.Token).State is { } state)
            {
                Remember(inside, state, bytes);
            }
        }
    }
}
