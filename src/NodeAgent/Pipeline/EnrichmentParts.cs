// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodeAgent.Configuration;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Docker;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Recording;

namespace NodeAgent.Pipeline;

/// <summary>The enrichment with its background lookups, for the agent and for the live view alike.</summary>
internal sealed class EnrichmentParts : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _lookups;

    /// <param name="pods">What an API server knows of this node's pods; null = there is none.</param>
    /// <param name="recorder">Notes what the tables are told beside events; null = nobody does.</param>
    public EnrichmentParts(ContainerSettings settings, ILoggerFactory loggers, TimeProvider time, IPodLookup? pods = null, Recorder? recorder = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(time);
        if (pods is not null)
        {
            services.AddSingleton(pods);
        }

        recorder?.AddTables(services);
        services.AddEnrichment();
        services.Configure<RuncStateOptions>(options => options.HostRoot = settings.HostRoot);
        services.Configure<OciBundleOptions>(options =>
        {
            options.HostRoot = settings.HostRoot;
            foreach (string directory in BundlesBeside(settings.CriSockets).Except(options.Directories))
            {
                options.Directories.Add(directory);
            }
        });
        services.Configure<CriOptions>(options =>
        {
            options.HostRoot = settings.HostRoot;
            Replace(options.Sockets, settings.CriSockets);
        });
        services.Configure<DockerOptions>(options =>
        {
            options.HostRoot = settings.HostRoot;
            Replace(options.Sockets, settings.DockerSockets);
        });
        _services = services.BuildServiceProvider();
        Stage = _services.GetRequiredService<EnrichmentStage>();
        _services.GetRequiredService<EnrichmentMetrics>();
        _lookups = Task.Run(() => _services.GetRequiredService<ContainerLookup>().RunAsync(_stop.Token));
    }

    public EnrichmentStage Stage { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _lookups.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        await _services.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>containerd keeps bundles beside its socket, or in a directory of its name there (k0s, microk8s).</summary>
    private static IEnumerable<string> BundlesBeside(IEnumerable<string> sockets) => sockets
        .Where(socket => Path.IsPathRooted(socket))
        .SelectMany(socket => (string[])[Path.GetDirectoryName(socket)!, Path.ChangeExtension(socket, null)])
        .Select(directory => directory.TrimEnd('/') + "/io.containerd.runtime.v2.task/*/{id}");

    private static void Replace(IList<string> sockets, IReadOnlyList<string> chosen)
    {
        if (chosen.Count == 0)
        {
            return;
        }

        sockets.Clear();
        foreach (string socket in chosen.Where(socket => socket != ContainerSettings.None))
        {
            sockets.Add(socket);
        }
    }
}
