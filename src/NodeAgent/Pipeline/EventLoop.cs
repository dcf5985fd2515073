// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Losses;
using NodeAgent.Enrichment;
using NodeAgent.Events;
using NodeAgent.Events.Wire;
using NodeAgent.Operations;

namespace NodeAgent.Pipeline;

/// <summary>The thread on which every event is read, attributed, judged and learned.</summary>
internal sealed class EventLoop : IDisposable
{
    private const int RecordsPerTurn = 4096;
    private const ulong NsPerMs = 1_000_000;
    private const ulong TickNs = 100 * NsPerMs;
    private const ulong LossReadNs = 1000 * NsPerMs;
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(1);

    private readonly IRecordSource _source;
    private readonly EnrichmentStage _enrichment;
    private readonly AgentHealth _health;
    private readonly ILogger _logger;
    private readonly LoopMetrics _metrics = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private EventDispatcher _dispatcher;
    private ulong _nextTickNs;
    private bool _isReady;
    private ulong _nextLossReadNs;
    private ulong _lastLossReadNs;
    private long _malformedSeen;
    private volatile bool _stopping;

    public EventLoop(IRecordSource source, EnrichmentStage enrichment, IEventConsumer[] stages, AgentHealth health, ILogger<EventLoop> logger)
    {
        _source = source;
        _enrichment = enrichment;
        _health = health;
        _logger = logger;
        _dispatcher = new EventDispatcher(enrichment, stages, loss => Report(loss));
        _thread = new Thread(Run) { Name = "event-loop", IsBackground = true };
        _health.SetNotReady("event-loop", "processes and cgroups are being read");
    }

    /// <summary>Ends when the loop does; faulted when it failed.</summary>
    public Task Completion => _done.Task;

    public void Start() => _thread.Start();

    /// <summary>Takes what is still in the rings, at most for a second, and ends the loop.</summary>
    public Task StopAsync()
    {
        _stopping = true;
        return Completion;
    }

    public void Dispose() => _metrics.Dispose();

    private void Run()
    {
        try
        {
            Begin();
            while (!_stopping && !_source.IsAtEnd)
            {
                Turn();
            }

            Drain();
            _done.SetResult();
        }
#pragma warning disable CA1031 // whatever it is, the host must learn of it: an agent without its loop is blind
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.LoopFailed(_logger, e);
            _done.SetException(e);
        }
    }

    private void Begin()
    {
        ulong now = _source.NowNs;
        bool isTakenOver = _source.Handover is { IsTakenOver: true };
        _lastLossReadNs = isTakenOver ? _source.Handover!.LastReadNs : now;

        // Before the first event: consumers take the time from ticks.
        _dispatcher.OnTick(now);
        _enrichment.LoadCgroups(now);
        if (isTakenOver)
        {
            // The rings hold what happened while no agent ran, also in containers that are gone.
            _source.PeekCgroups((in CgroupEvent cgroup) => _enrichment.Containers.Foresee(cgroup));
            Log.TakenOver(_logger, (now - _lastLossReadNs) / (double)NsPerMs / 1000, _source.SentCount);
        }

        int processes = ReadTasks(now);
        Log.SnapshotTaken(_logger, processes, _enrichment.Containers.Count, (_source.NowNs - now) / (double)NsPerMs);
    }

    private int ReadTasks(ulong now)
    {
        _enrichment.BeginTaskSnapshot(now);
        int count = _source.ReadSnapshot(ref _dispatcher);
        _enrichment.EndTaskSnapshot(now);
        return count;
    }

    private void Turn()
    {
        int count = _source.Read(ref _dispatcher, RecordsPerTurn);
        _metrics.Records += count;
        _health.Beat();
        ulong now = _source.NowNs;
        if (now >= _nextTickNs)
        {
            Tick(now);
        }

        if (count == 0)
        {
            _source.Wait(TimeSpan.FromTicks((long)(_nextTickNs - now) / 100));
        }
    }

    private void Tick(ulong now)
    {
        _nextTickNs = now + TickNs;
        if (now >= _nextLossReadNs)
        {
            _nextLossReadNs = now + LossReadNs;
            ReportLosses(now);
            RequirePins();
        }

        _dispatcher.OnTick(now);
        if (!_isReady)
        {
            // With the first tick what learns has what it needs, the program that notes system calls too.
            _isReady = true;
            _health.SetReady("event-loop");
        }

        if (_enrichment.NeedsCgroupWalk)
        {
            _enrichment.LoadCgroups(now);
        }

        if (_enrichment.NeedsTaskSnapshot)
        {
            ReadTasks(now);
        }
    }

    // An agent that may be blind must not look well: it ends, and whoever started it starts it again.
    private void RequirePins()
    {
        if (!_stopping && _source.FindRemovedPin() is { } pin)
        {
            throw new PinException($"{pin} was removed while the agent ran, as by node-agent detach --force: it would see nothing");
        }
    }

    private void ReportLosses(ulong now)
    {
        foreach (LossDelta loss in _source.ReadLosses())
        {
            Report(new LossEvent(LossCause.Ring, loss.Kind, loss.CgroupId, _enrichment.Containers.Find(loss.CgroupId), loss.Count, _lastLossReadNs, now));
        }

        foreach (BudgetCut cut in _source.ReadCuts())
        {
            Report(new LossEvent(LossCause.Budget, EventKind.None, cut.CgroupId, _enrichment.Containers.Find(cut.CgroupId), cut.Count, cut.FromNs, now, cut.Class));
        }

        long malformed = _source.MalformedCount;
        if (malformed > _malformedSeen)
        {
            // Whose they were is not known, and the kernel believes that they were told.
            _source.ForgetAll();
            Report(new LossEvent(LossCause.Decode, EventKind.None, 0, null, (ulong)(malformed - _malformedSeen), _lastLossReadNs, now));
            _malformedSeen = malformed;
        }

        _lastLossReadNs = now;
    }

    private void Report(in LossEvent loss)
    {
        string whose = loss.Container?.Identity.Workload.Name ?? (loss.CgroupId == 0 ? "unknown" : $"cgroup {loss.CgroupId}");
        if (loss.Cause == LossCause.Budget)
        {
            Log.EventsCut(_logger, loss.Count, loss.Class, whose);
        }
        else
        {
            Log.EventsLost(_logger, loss.Count, loss.Kind, loss.Cause, whose);
        }

        _metrics.AddLoss(loss);
        _dispatcher.OnLoss(loss);
    }

    private void Drain()
    {
        ulong end = _source.NowNs + ((ulong)DrainLimit.Ticks * 100);
        while (_source.PendingBytes > 0 && _source.NowNs < end)
        {
            Turn();
        }

        Tick(_source.NowNs);
        ReportLosses(_source.NowNs);
    }
}
