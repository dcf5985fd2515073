// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Bpf.Rings;
using NodeAgent.Bpf.Sets;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Events;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Logging;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf;

/// <summary>Takes one cgroup event; it is valid during the call.</summary>
public delegate void CgroupVisitor(in CgroupEvent cgroup);

/// <summary>The kernel's events as one stream in the order of time: loads the sensors, reads and decodes their rings.</summary>
/// <remarks>
/// <see cref="Start"/>, <see cref="ReadSnapshot"/>, <see cref="Read"/>, <see cref="Wait"/>, <see cref="ReadLosses"/> and
/// <see cref="Dispose"/> belong to one thread at a time; counters and statuses may be read by any. After dispose nothing stays in the kernel.
/// </remarks>
public sealed class KernelEventSource : IDisposable
{
    private readonly SensorSet _sensors;
    private readonly RingSet _rings;
    private readonly RingWaiter _waiter;
    private readonly LossReader _losses;
    private readonly KernelInventory _inventory;
    private readonly StatisticsSampler? _sampler;
    private readonly RepeatFilter _filter;
    private readonly BpfMetrics _metrics;
    private readonly EventDecoder _decoder;
    private readonly LossLedger _ledger;
    private OlderGenerations? _older;
    private readonly ILogger _logger;
    private readonly Lock _additions = new();
    private bool _idle;
    private bool _isOver;

    private KernelEventSource(BpfOptions options, SensorSet sensors, Reading reading, Func<string, BpfObject> open, ILogger logger)
    {
        _older = reading.Older;
        _decoder = reading.Decoder;
        Capabilities = new CapabilitySets(sensors.Maps.FindOptional("na_capability_sets"));
        Syscalls = new SyscallSets(sensors.Maps, open, sensors.Handover?.LinkPath(SyscallSets.Object, SyscallSets.Program), logger);
        WatchedFiles = new WatchedFiles(sensors.Maps.WatchedFiles);
        _sensors = sensors;
        _rings = reading.Rings;
        _waiter = reading.Waiter;
        _filter = reading.Filter;
        _logger = logger;
        _ledger = sensors.Handover?.Ledger ?? LossLedger.InMemory();
        _losses = new LossReader(sensors.Maps, _ledger);
        _inventory = KernelInventory.Of(sensors, TimeProvider.System);
        _sampler = options.ProgramStatistics ? new StatisticsSampler(RunStatistics.Enable, TimeProvider.System, logger) : null;
        _metrics = new BpfMetrics(_decoder.Counters, _losses, _filter, _rings, () => sensors.Statuses, _inventory, _sampler);
    }

    /// <summary>Each sensor with the variant that was chosen or the reason why it is off.</summary>
    public IReadOnlyList<SensorStatus> Sensors => _sensors.Statuses;

    /// <summary>What was taken over from an agent before this one; null without a pin path.</summary>
    public HandoverReport? Handover => _sensors.Handover?.Report;

    /// <returns>Null without a pin path; the caller disposes it, when it likes.</returns>
    public SavedMark? OpenSavedMark() => _sensors.Handover is { } handover ? new SavedMark(handover.OpenLedger()) : null;

    /// <summary>What the probes know of each container's capabilities. Same thread as <see cref="Read"/>.</summary>
    public CapabilitySets Capabilities { get; }

    /// <summary>The system calls of each container, noted while attached. Same thread as <see cref="Read"/>.</summary>
    public SyscallSets Syscalls { get; }

    /// <summary>Sees each record as it came, after its handler did. Set it before the first read.</summary>
    public IRecordTap? Tap
    {
        get => _decoder.Tap;
        set => _decoder.Tap = value;
    }

    /// <summary>Records decoded and malformed since the start.</summary>
    public DecodeCounters Counters => _decoder.Counters;

    /// <summary>Units: bytes. Memory of all rings.</summary>
    public long RingBytes => _sensors.Maps.Sizes.TotalBytes;

    /// <summary>Each ring with its size. Units: bytes.</summary>
    public IReadOnlyList<(string Name, ulong SizeBytes)> Rings => _rings.Names.Zip(_rings.Rings, (name, ring) => (name, ring.SizeBytes)).ToArray();

    /// <summary>By how much the hash maps are larger than their probes declare, for the memory of this machine.</summary>
    public double MapFactor => _sensors.Maps.Capacities.Factor;

    /// <summary>Units: bytes that the last read left in the rings.</summary>
    public long PendingBytes => _rings.PendingBytes;

    /// <summary>Records that the probes sent since the start.</summary>
    public ulong SentCount => _losses.TotalSent();

    /// <summary>Records that found their ring full since the start.</summary>
    public ulong LostCount => _losses.TotalLost();

    /// <summary>What the kernel was told before and keeps to itself.</summary>
    public IRepeatFilter Filter => _filter;

    /// <summary>Files of which it keeps no opening for writing to itself.</summary>
    public IWatchedFiles WatchedFiles { get; }

    /// <exception cref="BpfException">The shared maps or rings could not be made. A sensor that fails does not throw.</exception>
    public static KernelEventSource Start(BpfOptions options, ILoggerFactory loggers) =>
        StartWith(options, loggers, SensorCatalog.All, EmbeddedObjects.Open);

    internal static KernelEventSource StartWith(
        BpfOptions options, ILoggerFactory loggers, IReadOnlyList<SensorDefinition> definitions, Func<string, BpfObject> open)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        ILogger logger = loggers.CreateLogger("NodeAgent.Bpf");
        LibbpfLog.RouteTo(loggers.CreateLogger("NodeAgent.Interop"));
        SensorSet sensors = SensorSet.Start(definitions, open, options, logger);
        RingSet? rings = null;
        RepeatFilter? filter = null;
        var decoder = new EventDecoder();
        try
        {
            ulong windowNs = (ulong)options.ReorderWindowMicroseconds * 1000;
            OlderGenerations? older = sensors.Handover is { Older.Count: > 0 } handover
                ? new OlderGenerations(handover.Older, handover.OverlapFromNs, decoder.Counters, logger)
                : null;
            rings = MapRings(sensors.Maps, older, windowNs);
            var waiter = new RingWaiter(rings, sensors.Maps.Shards.Prepend(sensors.Maps.ProcessRing), sensors.Maps.Wakeup, windowNs);
            filter = new RepeatFilter(sensors.Maps, options.Filter);
            RingSizes sizes = sensors.Maps.Sizes;
            Log.RingsMapped(logger, sizes.ProcessBytes, sizes.ShardCount, sizes.ShardBytes);
            Log.MapsScaled(logger, sensors.Maps.Capacities.Factor);
            return new KernelEventSource(options, sensors, new Reading(rings, waiter, filter, older, decoder), open, logger);
        }
        catch
        {
            filter?.Dispose();
            rings?.Dispose();
            sensors.Dispose();
            throw;
        }
    }

    /// <summary>Starts a sensor that stayed off since nothing used it. Any thread; takes as long as the verifier does, and reading goes on meanwhile.</summary>
    /// <returns>How it fares now; null when there is none of that name.</returns>
    /// <remarks>Errors: none; a sensor that fails says why in its status. Those whose sets are read from their maps (capability, syscalls) have to be there from the start.</remarks>
    public SensorStatus? StartSensor(string name)
    {
        lock (_additions)
        {
            if (!_isOver && _sensors.Add(name))
            {
                Measure(name);
            }

            return Sensors.FirstOrDefault(sensor => sensor.Name == name);
        }
    }

    /// <summary>Decodes one exec event (<c>IsSnapshot</c>) for each process that runs now.</summary>
    /// <remarks>
    /// Call it after <see cref="Start"/>, before the first <see cref="Read"/>: what starts meanwhile waits in the rings.
    /// Call it again after a loss of process events.
    /// </remarks>
    /// <returns>How many; 0 with a warning when this kernel has no task iterator.</returns>
    public int ReadSnapshot<THandler>(ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        try
        {
            return _sensors.Snapshot.Run(_decoder, ref handler);
        }
        catch (Exception exception) when (exception is BpfException or InvalidOperationException)
        {
            Log.SnapshotFailed(_logger, exception.Message);
            return 0;
        }
    }

    /// <summary>Decodes what is there, oldest first, without waiting. Allocates nothing.</summary>
    /// <param name="handler">Called for each event, with a view into the ring.</param>
    /// <param name="max">The most records to take: bounds the time until the caller's next tick.</param>
    /// <returns>Records taken, malformed ones too.</returns>
    public int Read<THandler>(ref THandler handler, int max)
        where THandler : IRecordHandler, allows ref struct
    {
        int count = _rings.Read(_decoder, ref handler, max);
        _idle = count == 0;
        return count;
    }

    /// <summary>How often a wait really put the reader to sleep.</summary>
    internal long SleepCount => _waiter.SleepCount;

    /// <summary>Waits until there is something to read; a millisecond while events flow, longer when none do.</summary>
    /// <param name="max">The longest wait, for the caller's ticks.</param>
    public void Wait(TimeSpan max) => _waiter.Wait(max, _idle);

    /// <summary>Costs a system call for each pin: for once a second.</summary>
    /// <returns>A pin of this agent that somebody removed: what it was may see nothing now; null while all is well, and without pins.</returns>
    public string? FindRemovedPin() => _sensors.Handover?.FindRemovedPin();

    /// <summary>Losses since the last call; cheap enough for once a second.</summary>
    public IReadOnlyList<LossDelta> ReadLosses()
    {
        IReadOnlyList<LossDelta> own = _losses.Read();
        if (_older is null)
        {
            return own;
        }

        List<LossDelta> all = [.. own, .. _older.ReadLosses()];
        if (_older.Advance(BootClock.NowNs, _rings.Retire, all))
        {
            _older.Dispose();
            _older = null;
            _rings.Gate = null;
        }

        return all;
    }

    /// <summary>Shows the cgroup events that wait, oldest first, without taking them: <see cref="Read"/> gives them again.</summary>
    /// <remarks>After a handover the rings hold the past of an unknown length: who reads it wants to know the containers first.</remarks>
    public void PeekCgroups(CgroupVisitor visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        foreach (RingBuffer ring in _rings.Rings.Where(ring => ring.IsOlder).Append(_rings.Rings[0]))
        {
            if (ring.IsOlder && _rings.Gate is { ReadsAll: false })
            {
                continue;
            }

            ring.Peek(record =>
            {
                if (EventDecoder.TryReadCgroup(record, out CgroupEvent cgroup))
                {
                    visit(in cgroup);
                }
            });
        }
    }

    /// <summary>The programs in the kernel. Costs some system calls each; may be called from any thread.</summary>
    public IReadOnlyList<ProgramStatus> ReadPrograms() => _inventory.ReadPrograms();

    /// <summary>The maps in the kernel. Entries are counted when the last count is half a minute old; may be called from any thread.</summary>
    public IReadOnlyList<MapStatus> ReadMaps() => _inventory.ReadMaps();

    /// <summary>What budgets cut at the end of floods that are over; the rest comes as events. For once a second.</summary>
    public IReadOnlyList<BudgetCut> ReadCuts() => _filter.ReadCuts();

    public void Dispose()
    {
        lock (_additions)
        {
            _isOver = true;
        }

        _metrics.Dispose();
        _older?.Dispose();
        _ledger.Dispose();
        _sampler?.Dispose();
        _inventory.Dispose();
        Syscalls.Dispose();
        _filter.Dispose();
        _waiter.Dispose();
        _rings.Dispose();
        _sensors.Dispose();
    }

    private void Measure(string name)
    {
        try
        {
            _inventory.Add(_sensors);
        }
        catch (BpfException exception)
        {
            Log.SensorUnmeasured(_logger, name, exception.Message);
        }
    }

    private static RingSet MapRings(SharedMaps maps, OlderGenerations? older, ulong windowNs)
    {
        var rings = new List<RingBuffer>();
        try
        {
            rings.Add(RingBuffer.Map(maps.ProcessRing));
            foreach (Interop.Maps.KernelMap shard in maps.Shards)
            {
                rings.Add(RingBuffer.Map(shard));
            }

            rings.AddRange(older?.Rings ?? []);
            return new RingSet(rings, windowNs, static () => BootClock.NowNs) { Gate = older?.Gate };
        }
        catch
        {
            rings.ForEach(ring => ring.Dispose());
            throw;
        }
    }

    /// <param name="Older">Null when no older generation is left to read.</param>
    private sealed record Reading(RingSet Rings, RingWaiter Waiter, RepeatFilter Filter, OlderGenerations? Older, EventDecoder Decoder);
}
