// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Pipeline;

/// <summary>Where rules come from while the agent runs: a folder, the cluster, the agent's own storage.</summary>
internal sealed class RuleSources : IAsyncDisposable
{
    private static readonly TimeSpan FolderInterval = TimeSpan.FromSeconds(2);

    private readonly RuleFeed _feed;
    private readonly RuleFolderWatch? _folder;
    private readonly RuleWatch? _cluster;
    private readonly string _nodeName;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private RuleWatch? _storage;

    /// <remarks>Errors: <see cref="ConfigurationException"/>.</remarks>
    public RuleSources(AgentOptions options, RuleStart start, RuleEngine rules, IEventSensors sensors, ILoggerFactory loggers, TimeProvider time)
    {
        (_nodeName, _logger, _time) = (options.NodeName, loggers.CreateLogger("NodeAgent.Kubernetes"), time);
        _feed = new RuleFeed(rules, options.Rules.Library, loggers.CreateLogger<RuleFeed>(), sensors);
        _folder = start.Folder is null ? null : new RuleFolderWatch(start.Folder, _feed, FolderInterval, time);
        _cluster = options.Rules.Cluster && KubernetesAccess.Find(options.Kubernetes, loggers.CreateLogger("NodeAgent")) is { } cluster
            ? new RuleWatch(cluster, _feed, ofCluster: true, _nodeName, _logger, time)
            : null;
    }

    /// <summary>Follows what people write into the agent's own storage.</summary>
    /// <remarks>Errors: <see cref="KubeConfigException"/>.</remarks>
    public void Follow(string kubeconfig) =>
        _storage = new RuleWatch(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), _feed, ofCluster: false, _nodeName, _logger, _time);

    public async ValueTask DisposeAsync()
    {
        Task folder = _folder?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        Task cluster = _cluster?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        Task storage = _storage?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        await Task.WhenAll(folder, cluster, storage).ConfigureAwait(false);
    }
}
