// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Requests;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Collection;

/// <summary>What deletes objects by itself. Started once; dispose ends it.</summary>
internal sealed class Collectors(
    IObjectStore store, ServedResources served, ObjectMutations mutations, StorageOptions options, StorageMetrics metrics, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public void Start()
    {
        // Behind an API server its garbage collector follows the owners.
        if (options.StandAlone)
        {
            var rules = new DependentRules(store, served, mutations, metrics);
            _running.Add(Task.Run(() => new DependentCollector(store, served, rules, logger, time).RunAsync(_stop.Token)));
        }

        if (options.Retention.Interval > TimeSpan.Zero)
        {
            var retention = new RetentionCollector(store, served, mutations, options.Retention, metrics, logger, time);
            _running.Add(Task.Run(() => retention.RunAsync(_stop.Token)));
        }
    }

    /// <returns>False: stopped meanwhile.</returns>
    internal static async Task<bool> PauseAsync(TimeSpan pause, TimeProvider time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(pause, time, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _stop.Dispose();
    }
}
