// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Text;
using NodeAgent.Files;
using NodeAgent.Integrity.Baseline;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Looking;
using NodeAgent.Integrity.Watching;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Platform;
using NodeAgent.Rules.Alerts;

namespace NodeAgent.Integrity;

/// <summary>Looks at watched files when something happened to them, compares, and sends alerts. One task does all of it, but for looking at what containers can make hang.</summary>
/// <remarks>What it reads is bounded by size, by the time that it takes, and by the number of files; what is left out is counted.</remarks>
internal sealed partial class IntegrityWorker : IAsyncDisposable
{
    private const int MaxContainerFiles = 10_000;
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(1);

    private readonly IntegrityOptions _options;
    private readonly ChannelReader<FileObservation> _queue;
    private readonly IEventAlerts _alerts;
    private readonly IWatchedFiles _kernel;
    private readonly ChannelWriter<RuntimeAlerts> _output;
    private readonly IntegrityMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly FileDigester _digester;
    private readonly ProcessLooks _looks;
    private readonly FileBaseline _baseline;
    private readonly RepeatedChanges _repeated;
    private readonly RecentMap<FileKey, FileState?> _containerFiles = new(MaxContainerFiles);
    private readonly ConcurrentDictionary<(ulong Inode, uint Device), string> _hostFiles = new();
    private readonly CancellationTokenSource _stop = new();
    private RootDirectory? _host;
    private DateTimeOffset _savedAt;
    private Task _running = Task.CompletedTask;
    private long _faults;

    public IntegrityWorker(
        IntegrityOptions options, ChannelReader<FileObservation> queue, IEventAlerts alerts, IWatchedFiles kernel, ChannelWriter<RuntimeAlerts> output, IntegrityMetrics metrics, ILogger logger,
        TimeProvider time)
    {
        (_options, _queue, _alerts, _kernel, _output, _metrics, _logger, _time) = (options, queue, alerts, kernel, output, metrics, logger, time);
        _digester = new FileDigester(options.MaxFileBytes);
        _looks = new ProcessLooks(() => new ProcessLooker(options, _writes), options.LookPatience);
        _baseline = new FileBaseline(options.MaxFiles);
        _repeated = new RepeatedChanges(options.RepeatAfter, time, Send);
    }

    public void Start() => _running = Task.Run(RunAsync);

    /// <summary>Whether it is a file of the machine that is looked after. Any thread.</summary>
    public bool TryFindFile(ulong inode, uint device, [NotNullWhen(true)] out string? path) => _hostFiles.TryGetValue((inode, device), out path);

    /// <summary>Tells what is known, then ends. The queue was completed before.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _running.WaitAsync(StopTime).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(false);
        }

        _host?.Dispose();
        _writes?.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            Guard(Begin);
            bool isOpen = true;
            while (isOpen)
            {
                long begun = Stopwatch.GetTimestamp();
                Guard(Work);
                isOpen = await WaitAsync(Stopwatch.GetElapsedTime(begun)).ConfigureAwait(false);
            }

            Guard(() => JudgeDue(all: true));
            Guard(() => _repeated.SendDue(all: true));
            Save(TimeSpan.Zero);
        }
        catch (OperationCanceledException)
        {
            // The time to stop was over.
        }
    }

    private void Work()
    {
        while (_queue.TryRead(out FileObservation? seen))
        {
            Take(seen);
        }

        while (_looks.TryTakeReturned(out FileObservation? late))
        {
            Expect(late, isLater: true, TimeSpan.Zero);
        }

        FollowWrites();
        JudgeDue(all: false);
        ContinueScan();
        _repeated.SendDue();
        Save(SaveInterval);
        _metrics.Is(_repeated.Folded, _digester.BytesRead + _looks.BytesRead, _baseline.Count);
    }

    // Paths and files are anybody's: one that is not borne costs its alert, is counted, and all is compared.
    private void Guard(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // what is left goes on
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            _metrics.Dropped("fault");
            Compare();
            if (long.IsPow2(++_faults))
            {
                Log.LookFailed(_logger, _faults, e);
            }
        }
    }

    private void Begin()
    {
        try
        {
            _host = RootDirectory.Open(_options.HostRoot);
        }
        catch (BpfException e)
        {
            Log.HostRootUnreadable(_logger, _options.HostRoot, e.Message);
        }

        try
        {
            _writes = new WriteWatch();
        }
        catch (BpfException e)
        {
            Log.NoWriteWatch(_logger, e.Message);
        }

        BeginScans();
    }

    /// <returns>False: the queue is empty and will stay so.</returns>
    private async Task<bool> WaitAsync(TimeSpan worked)
    {
        // What was worked is paid for with rest, so that a flood of changes costs a share of a core and no more.
        TimeSpan rest = worked * ((1 / _options.BaselineShare) - 1);
        if (rest > TimeSpan.FromMilliseconds(20))
        {
            await Task.Delay(rest < LongestPause ? rest : LongestPause, _time, _stop.Token).ConfigureAwait(false);
        }

        // Not longer than to the next scan: that one is wanted says no item of the queue.
        DateTimeOffset now = _time.GetUtcNow(), due = NextDue();
        TimeSpan wait = due < now + ScanInterval ? due - now : ScanInterval;
        if (wait <= TimeSpan.Zero)
        {
            return !_queue.Completion.IsCompleted;
        }

        using var timer = new CancellationTokenSource(wait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, _stop.Token);
        try
        {
            return await _queue.WaitToReadAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
        {
            return true;
        }
    }

    private DateTimeOffset NextDue()
    {
        DateTimeOffset next = _repeated.Next;
        Earlier(NextLook);
        Earlier(NextScan);
        Earlier(_baseline.IsDirty && _options.BaselineFile.Length > 0 ? _savedAt + SaveInterval : DateTimeOffset.MaxValue);
        return next;

        void Earlier(DateTimeOffset other) => next = other < next ? other : next;
    }

    // What the agent dies without having written is found to be other than the baseline by the next one.
    private void Save(TimeSpan interval)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (!_baseline.IsDirty || IsScanning || _options.BaselineFile.Length == 0 || now < _savedAt + interval)
        {
            return;
        }

        _savedAt = now;
        try
        {
            _baseline.Write(_options.BaselineFile);
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            Log.BaselineUnwritten(_logger, _options.BaselineFile, e.Message);
        }
    }

    private void Send(RuntimeAlerts alert)
    {
        if (!_output.TryWrite(alert))
        {
            _metrics.Dropped("alerts");
        }
    }

    private void Remember(string path, FileState state, byte[] bytes)
    {
        if (_options.Watched.Find(WatchScopes.Host, bytes, FileChanges.All) is null)
        {
            return;
        }

        if (!_baseline.TrySet(path, state))
        {
            _metrics.Dropped("baseline");
        }
        else if (state.Facts.IsRegular)
        {
            _hostFiles[(state.Facts.Inode, state.Facts.KernelDevice)] = path;
            TellAll(state.Facts.Inode, state.Facts.KernelDevice);
        }
    }

    // Where stat(2) tells another device than the kernel has inside (btrfs), only events know the numbers.
    private void RememberAs(FileObservation seen, FileState state)
    {
        if (seen.Inode == state.Facts.Inode && seen.Device != state.Facts.KernelDevice && _baseline.TryGet(seen.Path, out _))
        {
            _hostFiles[(seen.Inode, seen.Device)] = seen.Path;
            TellAll(seen.Inode, seen.Device);
        }
    }

    private FileState? Forget(string path)
    {
        if (!_baseline.Remove(path, out FileState? state))
        {
            return null;
        }

        (ulong Inode, uint Device) key = (state.Facts.Inode, state.Facts.KernelDevice);
        if (_hostFiles.TryGetValue(key, out string? known) && known == path && _hostFiles.TryRemove(key, out _))
        {
            _kernel.Remove(key.Inode, key.Device);
        }

        return state;
    }

    private void TellAll(ulong inode, uint device)
    {
        if (!_kernel.TryAdd(inode, device))
        {
            _metrics.Dropped("room");
        }
    }
}
