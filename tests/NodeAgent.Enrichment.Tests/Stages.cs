// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Enrichment.Processes;

namespace NodeAgent.Enrichment.Tests;

internal static class Stages
{
    public const ulong Second = 1_000_000_000;

    public static EnrichmentStage New(
        FakeCgroupTree? tree = null,
        ContainerLookup? lookup = null,
        ProcessTableOptions? processes = null,
        ContainerTableOptions? containers = null,
        DnsNamesOptions? names = null,
        IProcfs? procfs = null,
        IPodLookup? pods = null) => new(
            new ProcessTable(processes ?? new ProcessTableOptions(), procfs),
            new ContainerTable(containers ?? new ContainerTableOptions(), tree ?? new FakeCgroupTree(), lookup, "node-1", pods),
            new DnsNames(names ?? new DnsNamesOptions()));

    public static ContainerLookup Lookup(FakeCgroupTree tree, params IContainerMetadataSource[] sources) => new(
        tree,
        sources,
        new ContainerTableOptions { RescanInterval = TimeSpan.FromMilliseconds(1) },
        TimeProvider.System,
        NullLogger<ContainerLookup>.Instance);

    /// <summary>Ticks with growing event time until something is so, or a minute has passed.</summary>
    public static async Task TickUntil(EnrichmentStage stage, ulong fromNs, Func<bool> condition)
    {
        DateTime deadline = DateTime.UtcNow.AddSeconds(60);
        for (ulong now = fromNs; !condition(); now += Second / 10)
        {
            Assert.True(DateTime.UtcNow < deadline, "the condition was not reached in time");
            stage.OnTick(now);
            await Task.Yield();
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
