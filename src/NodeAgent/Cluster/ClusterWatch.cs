// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Hosting;
using NodeAgent.Kubernetes;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Owners;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>Follows the API server: this node's pods for the containers' identity, and the cluster's addresses for the peers.</summary>
internal sealed class ClusterWatch : IAsyncDisposable
{
    private const int MaxPods = 4096;
    private static readonly TimeSpan TidyInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OwnPodsLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PodGrace = TimeSpan.FromMinutes(5);

    private readonly Kubernetes.Kubernetes _client;
    private readonly KubernetesMetrics _metrics;
    private readonly ClusterMetrics _feedMetrics;
    private readonly PodFeed _feed;
    private readonly string _ownPods;
    private readonly NodePeers? _nodes;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILogger _logger;
    private readonly Task _running;

    private ClusterWatch(KubernetesClientConfiguration configuration, KubernetesSettings settings, string nodeName, ILoggerFactory loggers, TimeProvider time)
    {
        _client = new Kubernetes.Kubernetes(configuration);
        _logger = loggers.CreateLogger("NodeAgent.Kubernetes");
        var owners = new OwnerResolver(_client, _logger);
        var pods = new PodDirectory(MaxPods, PodGrace, time);
        _feed = new PodFeed(pods, owners);
        _ownPods = $"spec.nodeName={nodeName}";
        List<IReflector> reflectors = [];
        PeerTable? peers = null;
        if (!settings.WatchPeers)
        {
            reflectors.Add(Reflector(ApiResources.Pods, new ReflectorOptions { FieldSelector = _ownPods }, _feed, time));
        }
        else
        {
            peers = new PeerTable(new PeerTableOptions());
            var services = new ServicePeers(peers);
            reflectors.Add(Reflector(ApiResources.Pods, new ReflectorOptions(), new AllPods(new PodPeers(peers), _feed, nodeName), time));
            reflectors.Add(Reflector(ApiResources.Services, new ReflectorOptions(), services.Services, time));
            reflectors.Add(Reflector(ApiResources.EndpointSlices, new ReflectorOptions(), services.Slices, time));
            reflectors.Add(Reflector(ApiResources.Nodes, new ReflectorOptions(), _nodes = new NodePeers(peers, nodeName), time));
        }

        Pods = OwnPods = pods;
        PodReader = new PodReader(_client, _logger, time);
        Peers = peers;
        _metrics = new KubernetesMetrics(reflectors, _client);
        _feedMetrics = new ClusterMetrics(pods, peers, owners);
        _running = Task.WhenAll(Task.Run(() => FollowAsync(reflectors, settings.WatchPeers)), Task.Run(() => RunAsync("owners", _feed.RunAsync)));
        Log.FollowingCluster(_logger, configuration.Host, nodeName, settings.WatchPeers);
    }

    public IPodLookup Pods { get; }

    /// <summary>The same pods, by their names.</summary>
    public PodDirectory OwnPods { get; }

    /// <summary>For pods of other nodes, one task's.</summary>
    public PodReader PodReader { get; }

    /// <summary>Null when peers are not watched.</summary>
    public IPeerDirectory? Peers { get; }

    /// <summary>Of this node; null while they are not known, or nodes are not watched.</summary>
    public IReadOnlyDictionary<string, string>? NodeLabels => _nodes?.OwnLabels;

    /// <returns>Null when there is no API server to follow.</returns>
    /// <remarks>Errors: <see cref="ConfigurationException"/>.</remarks>
    public static ClusterWatch? TryStart(KubernetesSettings settings, string nodeName, ILoggerFactory loggers, TimeProvider time) =>
        KubernetesAccess.Find(settings, loggers.CreateLogger("NodeAgent")) is { } configuration
            ? new ClusterWatch(configuration, settings, nodeName, loggers, time)
            : null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _metrics.Dispose();
        _feedMetrics.Dispose();
        _client.Dispose();
        _feed.Dispose();
        _stop.Dispose();
    }

    private async Task FollowAsync(List<IReflector> reflectors, bool ofCluster)
    {
        if (ofCluster)
        {
            // Who is on this node should not wait until all pods of the cluster were read.
            await RunAsync("the pods of this node", ListOwnAsync).ConfigureAwait(false);
        }

        Task following = Task.WhenAll(reflectors.Select(r => Task.Run(() => RunAsync(r.Resource, r.RunAsync))));
        await RunAsync("the first lists", stop => TidyAsync(reflectors, stop)).ConfigureAwait(false);
        await following.ConfigureAwait(false);
    }

    /// <summary>Gives back what only the first lists needed, once: with so little garbage as changes make, a collection would come in hours.</summary>
    private static async Task TidyAsync(List<IReflector> reflectors, CancellationToken stop)
    {
        while (!reflectors.TrueForAll(reflector => reflector.HasSynced))
        {
            await Task.Delay(TidyInterval, stop).ConfigureAwait(false);
        }

        SpareMemory.GiveBack();
    }

    private async Task ListOwnAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(OwnPodsLimit);
        try
        {
            var options = new ListOptions { FieldSelector = _ownPods, ResourceVersion = "0" };
            KubernetesList<V1Pod> own = await _client.ListAsync(ApiResources.Pods, null, options, limit.Token).ConfigureAwait(false);
            foreach (V1Pod? pod in own.Items ?? [])
            {
                if (pod?.Metadata is { Name.Length: > 0, Uid.Length: > 0 })
                {
                    _feed.Put(pod);
                }
            }
        }
        catch (Exception error) when (error is KubernetesException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // What is wrong is said by the reflector, which asks again.
        }
    }

    private Reflector<T> Reflector<T>(ApiResource<T> resource, ReflectorOptions options, IResourceSink<T> sink, TimeProvider time)
        where T : IKubernetesObject => new(_client, resource, options, sink, _logger, time);

    private async Task RunAsync(string part, Func<CancellationToken, Task> run)
    {
        try
        {
            await run(_stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // That is how it ends.
        }
#pragma warning disable CA1031 // what cannot follow one resource must not end the agent, nor go unsaid
        catch (Exception error)
#pragma warning restore CA1031
        {
            Log.PartFailed(_logger, $"Following {part}", error);
        }
    }
}
