// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Collection;
using NodeAgent.Storage.Consolidation;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Collection;

/// <summary>A collector on a database of an engine, with a cluster and a clock that the test sets.</summary>
internal sealed class RetentionRig : IAsyncDisposable
{
    private readonly StoreFixture _fixture;
    private readonly StorageMetrics _metrics = new();
    private readonly ObjectQuotas _quotas;
    private readonly ObjectMutations _mutations;
    private readonly MeterListener _listener = new();
    private RetentionCollector _collector;

    private RetentionRig(StoreFixture fixture, RetentionOptions options)
    {
        _fixture = fixture;
        Options = options;
        options.Cluster = Cluster;
        _quotas = new ObjectQuotas(Store, new Dictionary<string, long>());
        _mutations = new ObjectMutations(Store, new FollowedWrites(Store, new WorkloadProfiles(Store, Time)), _quotas, Time);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _metrics.Meter && instrument.Name == "node_agent_storage_collected_total")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => Collected.Add(((string)tags[0].Value!, (string)tags[1].Value!)));
        _listener.Start();
        _collector = Collector();
    }

    public RetentionOptions Options { get; }

    public FakeCluster Cluster { get; } = new();

    public SteppedTime Time { get; } = new();

    public IObjectStore Store => _fixture.Store;

    /// <summary>What was counted, by resource and reason.</summary>
    public List<(string Resource, string Reason)> Collected { get; } = [];

    public IReadOnlyList<(string Resource, long Objects, long Bytes)> Sizes => _metrics.Sizes;

    public static async Task<RetentionRig> StartAsync(TestEngine engine, RetentionOptions options) => new(await StoreFixture.StartAsync(engine), options);

    /// <summary>Members of the metadata of a learned profile.</summary>
    /// <param name="instance">Shape: <c>ReplicaSet/name-web-77b4</c>.</param>
    public static string Workload(string kind, string name, string? hash = null, string? instance = null, string more = "")
    {
        string template = hash is null ? string.Empty : $",\"kubescape.io/instance-template-hash\":\"{hash}\"";
        string id = instance is null ? string.Empty : $",\"kubescape.io/instance-id\":\"apiVersion-apps/v1/namespace-default/kind-{instance}/containerName-main\"";
        return $"\"labels\":{{\"kubescape.io/workload-kind\":\"{kind}\",\"kubescape.io/workload-name\":\"{name}\"{template}}},\"annotations\":{{\"kubescape.io/status\":\"completed\"{id}{more}}}";
    }

    public async Task PutAsync(string name, string metadata, string plural = "containerprofiles")
    {
        ResourceDefinition resource = ResourceCatalog.All.Single(one => one.Plural == plural);
        var root = (JsonObject)JsonNode.Parse($"{{\"metadata\":{{\"name\":\"{name}\",{metadata}}}}}")!;
        await _mutations.CreateAsync(ObjectDraft.From(root, resource, [], "Strict"), resource.Namespaced ? "default" : null, "test", false, CancellationToken.None);
    }

    public Task PassAsync() => _collector.PassAsync(CancellationToken.None);

    /// <summary>As another run of the storage, which takes the lease over: three intervals later nothing ran, and three later it has it.</summary>
    public async Task RestartAsync()
    {
        Time.Now += Options.Interval * 3;
        _collector = Collector();
        await PassAsync();
        Time.Now += Options.Interval * 3;
        await PassAsync();
    }

    public List<string> Names() =>
    [
        .. ResourceCatalog.All.Where(resource => resource.Verbs.Contains("delete")).SelectMany(resource =>
        {
            using ListSnapshot snapshot = Store.List(new ListRequest(resource.QualifiedName, null));
            return snapshot.Objects.Select(item => item.Key.Name).ToArray();
        }).Order(StringComparer.Ordinal),
    ];

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        _quotas.Dispose();
        await _fixture.DisposeAsync();
        _metrics.Dispose();
    }

    private RetentionCollector Collector() => new(Store, new ServedResources(true), _mutations, Options, _metrics, NullLogger.Instance, Time);
}

/// <summary>Only goes forward when told.</summary>
internal sealed class SteppedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(50);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.Ticks;
}

internal sealed class FakeCluster : ILiveCluster
{
    public string? NotReady { get; set; }

    /// <summary>Shape of the keys: <c>deployment/web</c>.</summary>
    public Dictionary<string, bool> Workloads { get; } = [];

    /// <summary>Shape of the keys: <c>deployment/web/77b4</c>.</summary>
    public Dictionary<string, bool> Generations { get; } = [];

    public Dictionary<string, bool> Images { get; } = [];

    public Dictionary<string, bool> Nodes { get; } = [];

    public bool? HasWorkload(string objectNamespace, string kind, string name) => Find(Workloads, $"{kind.ToLowerInvariant()}/{name}");

    public bool? HasGeneration(string objectNamespace, string kind, string name, string templateHash) => Find(Generations, $"{kind.ToLowerInvariant()}/{name}/{templateHash}");

    public bool? HasImage(string image) => Find(Images, image);

    public bool? HasNode(string name) => Find(Nodes, name);

    private static bool? Find(Dictionary<string, bool> known, string key) => known.TryGetValue(key, out bool there) ? there : null;
}
