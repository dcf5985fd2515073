// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;
using NodeAgent.StorageHost.Configuration;

namespace NodeAgent.StorageHost.Cluster;

/// <summary>The API server that says who callers are and what they may.</summary>
internal sealed class ClusterAccess : IAsyncDisposable
{
    private readonly Kubernetes.Kubernetes _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;

    private ClusterAccess(KubernetesClientConfiguration configuration, HostOptions options, ILogger logger)
    {
        _client = new Kubernetes.Kubernetes(configuration);
        Reviews = new ClusterReviews(_client, options.ReviewTimeout, options.TokenAudience);
        Trust = new ClusterTrust(logger);
        var reflector = new Reflector<V1ConfigMap>(
            _client,
            ApiResources.ConfigMaps,
            new ReflectorOptions { Namespace = ClusterTrust.Namespace, FieldSelector = $"metadata.name={ClusterTrust.Name}", RefusedPause = TimeSpan.FromSeconds(10) },
            Trust,
            logger,
            TimeProvider.System);
        Live = options.Storage.Retention.Interval > TimeSpan.Zero ? new LiveCluster(_client, logger) : null;
        _following = Task.WhenAll((Live?.Reflectors ?? []).Prepend(reflector).Select(one => one.RunAsync(_stop.Token)));
    }

    public ClusterReviews Reviews { get; }

    public ClusterTrust Trust { get; }

    /// <summary>Whose profiles are still of use; null: nothing is collected.</summary>
    public LiveCluster? Live { get; }

    /// <returns>Null: this server stands alone.</returns>
    /// <remarks>Errors: <see cref="ConfigurationException"/> when there is one and it cannot be asked.</remarks>
    public static ClusterAccess? Find(HostOptions options, ILogger logger)
    {
        if (options.Kubeconfig == HostOptions.NoCluster || (options.Kubeconfig.Length == 0 && !KubernetesClientConfiguration.IsInCluster()))
        {
            return null;
        }

        try
        {
            KubernetesClientConfiguration configuration = options.Kubeconfig.Length == 0
                ? KubernetesClientConfiguration.InClusterConfig()
                : KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig);
            Log.Delegating(logger, configuration.Host);
            return new ClusterAccess(configuration, options, logger);
        }
        catch (KubeConfigException error)
        {
            throw new ConfigurationException($"setting 'kubernetes.kubeconfig': {error.Message}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _client.Dispose();
        _stop.Dispose();
    }
}
