// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Export.Storage;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Profiles.Learning;
using NodeAgent.UserManaged;

namespace NodeAgent.Pipeline;

/// <summary>What goes between learner and storage besides the profiles: drifts there, what people wrote back.</summary>
internal sealed class StorageLink : IAsyncDisposable
{
    // Units: bytes. What a person writes for a workload is thousands of lines at most, and is parsed whole.
    private const long MaxObjectBytes = 16 << 20;

    private static readonly TimeSpan DriftDrain = TimeSpan.FromSeconds(1);
    private readonly StorageConnection _connection;
    private readonly StorageClient _client;
    private readonly DriftExport _drifts;
    private readonly UserProfileWatch _users;

    /// <remarks>Errors: <see cref="KubeConfigException"/>.</remarks>
    public StorageLink(string kubeconfig, ProfileLearner learner, ILogger logger, TimeProvider time)
    {
        _connection = Export.Storage.Kubeconfig.Load(kubeconfig);
        _client = new StorageClient(_connection with { MaxAnswerBytes = MaxObjectBytes });
        _drifts = new DriftExport(_client, learner, logger);
        _users = new UserProfileWatch(KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig), _client, learner, logger, time);
    }

    /// <summary>Call it when the learner has stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        await _users.DisposeAsync().ConfigureAwait(false);
        await _drifts.DrainAsync(DriftDrain).ConfigureAwait(false);
        await _drifts.DisposeAsync().ConfigureAwait(false);
        _client.Dispose();
        _connection.Dispose();
    }
}
