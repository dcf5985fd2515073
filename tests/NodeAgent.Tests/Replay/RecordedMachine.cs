// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Layout;
using NodeAgent.Bpf.Losses;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Operations;
using NodeAgent.Pipeline;
using NodeAgent.Recording;
using NodeAgent.Recording.Format;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.Tests.Operations;

namespace NodeAgent.Tests.Replay;

/// <summary>A machine made by hand, on which the event loop runs with a recorder and the rule engine side by side.</summary>
internal sealed class RecordedMachine : IRecordSource, ICgroupTree, IProcfs, IContainerLookup
{
    public const ulong Second = 1_000_000_000;
    private readonly EventDecoder _decoder = new();
    private readonly Queue<Action> _turns = new();
    private readonly Queue<byte[]> _records = new();
    private readonly Queue<LookupAnswer> _answers = new();
    private readonly List<LossDelta> _losses = [];
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private ContainerTable? _containers;

    public ulong NowNs { get; private set; } = 100 * Second;

    public bool IsAtEnd => _turns.Count == 0 && _records.Count == 0;

    public long MalformedCount => _decoder.Counters.Malformed;

    public bool HasSources => true;

    /// <summary>What the task iterator tells.</summary>
    public List<byte[]> Tasks { get; } = [];

    /// <summary>What /proc tells.</summary>
    public Dictionary<uint, byte[]> Arguments { get; } = [];

    /// <summary>What a walk of the cgroups meets.</summary>
    public List<CgroupDirectory> Cgroups { get; } = [new("/", 1)];

    public PodDirectory Pods { get; } = new(16, TimeSpan.FromMinutes(1), TimeProvider.System);

    public RulesOptions Options { get; } = new() { Cooldown = TimeSpan.FromSeconds(30) };

    public RecordedChoice? Choice { get; init; }

    public long MaxBytes { get; init; } = 1 << 20;

    /// <summary>Something that happens between two turns of the loop, so many seconds after what was before it.</summary>
    public void After(double seconds, Action happens) => _turns.Enqueue(() =>
    {
        NowNs += (ulong)(seconds * Second);

        // The clocks drift, and the wall clock is set now and then.
        _time.Now += TimeSpan.FromSeconds(seconds) + TimeSpan.FromTicks(37);
        happens();
    });

    public void Feed(byte[] record) => _records.Enqueue(record);

    public void Lose(LossDelta loss) => _losses.Add(loss);

    public void JumpWallClock(TimeSpan by) => _time.Now += by;

    /// <summary>The runtime answers.</summary>
    public void Name(ulong cgroupId, Func<ContainerIdentity, ContainerIdentity> name)
    {
        ContainerInfo container = _containers!.Find(cgroupId)!;
        _answers.Enqueue(new LookupAnswer(cgroupId, null, container, container.Identity, name(container.Identity), IsFinal: true));
    }

    /// <summary>The runtime answers a question that was asked when less was known.</summary>
    public void NameLate(ulong cgroupId, ContainerIdentity name) =>
        _answers.Enqueue(new LookupAnswer(cgroupId, null, _containers!.Find(cgroupId), new ContainerIdentity(), name, IsFinal: true));

    public void Find(ulong cgroupId, string path) => _answers.Enqueue(new LookupAnswer(cgroupId, path, null, null, null, IsFinal: true));

    /// <summary>Runs until all has happened.</summary>
    /// <returns>The alerts as lines, and the recording.</returns>
    public async Task<(IReadOnlyList<string> Alerts, byte[] Recording)> RunAsync()
    {
        using var file = new MemoryStream();
        using var writer = new RecordingWriter(file, Header(_time.GetUtcNow()), MaxBytes);
        var recorder = new Recorder(writer, _time, Choice);
        await using ServiceProvider services = Services(recorder);
        EnrichmentStage tables = services.GetRequiredService<EnrichmentStage>();
        _containers = tables.Containers;
        recorder.Use(tables);
        _decoder.Tap = recorder;
        using var engine = new RuleEngine(Options, Origin, NodeAgent.Replay.NoProfiles.Instance, recorder.Time, NullLogger<RuleEngine>.Instance);
        using var loop = new EventLoop(
            new RecordingSource(this, recorder), tables, [recorder, engine], new AgentHealth(TimeProvider.System, TimeSpan.FromMinutes(1)), NullLogger<EventLoop>.Instance);
        loop.Start();
        await loop.Completion;
        recorder.End();
        engine.Stop();
        var alerts = new List<string>();
        while (engine.Alerts.TryRead(out RuntimeAlerts? alert))
        {
            alerts.Add(Line(alert));
        }

        return (alerts, file.ToArray());
    }

    public static string Line(RuntimeAlerts alert) => System.Text.Encoding.UTF8.GetString(AlertJson.ToLine(alert));

    public int Read(ref EventDispatcher handler, int max)
    {
        if (_records.Count == 0 && _turns.TryDequeue(out Action? turn))
        {
            turn();
        }

        int count = 0;
        while (_records.TryDequeue(out byte[]? record))
        {
            _decoder.Decode(record, ref handler);
            count++;
        }

        return count;
    }

    public int ReadSnapshot(ref EventDispatcher handler)
    {
        foreach (byte[] task in Tasks)
        {
            _decoder.Decode(task, ref handler);
        }

        return Tasks.Count;
    }

    public IReadOnlyList<LossDelta> ReadLosses()
    {
        LossDelta[] losses = [.. _losses];
        _losses.Clear();
        return losses;
    }

    public IReadOnlyList<BudgetCut> ReadCuts() => [];

    public bool TryGetId(string path, out ulong cgroupId)
    {
        cgroupId = Cgroups.Find(one => one.Path == path).CgroupId;
        return cgroupId != 0;
    }

    public string? PathOf(uint pid) => null;

    public IEnumerable<CgroupDirectory> Walk(int limit) => Cgroups;

    public byte[]? ReadArgv(ProcessKey key) => Arguments.GetValueOrDefault(key.Pid);

    public bool TryAskPath(CgroupMiss miss) => true;

    public bool TryAskMetadata(ContainerInfo container) => true;

    public bool TryTake(out LookupAnswer answer) => _answers.TryDequeue(out answer);

    internal static RecordingHeader Header(DateTimeOffset begun) => new()
    {
        Agent = "1.2.3",
        Kernel = "6.1.0",
        Architecture = "x64",
        Node = "node-a",
        Host = "host-a",
        Cluster = "here",
        Begun = begun,
        Wire = WireVersion.Current,
    };

    private static AlertOrigin Origin { get; } = new()
    {
        NodeName = "node-a",
        HostName = "host-a",
        ClusterName = "here",
        AgentVersion = NodeAgent.Hosting.ProductVersion.Text,
    };

    private ServiceProvider Services(Recorder recorder)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<ICgroupTree>(this);
        services.AddSingleton<IProcfs>(this);
        services.AddSingleton<IContainerLookup>(this);
        services.AddSingleton<IPodLookup>(Pods);
        recorder.AddTables(services);
        services.AddEnrichment();
        return services.BuildServiceProvider();
    }
}
