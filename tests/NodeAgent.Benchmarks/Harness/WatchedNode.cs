// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf;
using NodeAgent.Configuration;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events;
using NodeAgent.Hosting;
using NodeAgent.Operations;
using NodeAgent.Pipeline;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>The agent's probes, enrichment and event loop in this process, so that a stage of the benchmark sees each event with its subject.</summary>
internal sealed class WatchedNode : IAsyncDisposable
{
    private readonly KernelEventSource _source;
    private readonly EnrichmentParts _enrichment;
    private readonly EventLoop _loop;
    private readonly AgentHealth _health = new(TimeProvider.System, TimeSpan.FromMinutes(1));

    private WatchedNode(KernelEventSource source, IEventConsumer stage, ContainerSettings containers, IPodLookup? pods)
    {
        _source = source;
        _enrichment = new EnrichmentParts(containers, NullLoggerFactory.Instance, TimeProvider.System, pods);
        _loop = new EventLoop(new KernelRecords(source), _enrichment.Stage, [stage], _health, NullLogger<EventLoop>.Instance);
    }

    /// <summary>What the loop's thread keeps: to be read when it has nothing to do.</summary>
    public EnrichmentStage Enrichment => _enrichment.Stage;

    public double Lost => _source.LostCount;

    public bool IsReady => _health.NotReady.Count == 0;

    public static KernelEventSource OpenProbes() => KernelGate.Open(new AgentOptions().Bpf, UsedSensors.Agent(RuleStart.Read(new AgentOptions()).Judged), NullLoggerFactory.Instance);

    /// <param name="source">Taken over.</param>
    public static WatchedNode Start(KernelEventSource source, IEventConsumer stage, ContainerSettings containers, IPodLookup? pods = null)
    {
        var node = new WatchedNode(source, stage, containers, pods);
        node._loop.Start();
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync().ConfigureAwait(false);
        _loop.Dispose();
        _source.Dispose();
        await _enrichment.DisposeAsync().ConfigureAwait(false);
    }
}
