// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Configuration;
using NodeAgent.TestSupport.Runc;

namespace NodeAgent.Benchmarks.Scenarios.Identity;

/// <summary>Containers of the real runc that live 50 ms and are gone before anybody could ask about them: whose are their events said to be?</summary>
internal sealed class ShortContainers(BenchOptions options)
{
    private const int Containers = 1000;
    private const int AtOnce = 4;
    private const int LifeMs = 50;
    private const int Opens = 20;
    private const int EventsPerContainer = Opens + 1; // and the entry point's exec
    private const double MostOf10000 = 1; // 99.99 % have them
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(BenchTable table)
    {
        if (RuncPods.Missing is { } missing)
        {
            table.AddText("events of short-lived containers attributed", $"not measured: {missing}");
            return;
        }

        var seen = new Attribution("na-short-"u8.ToArray(), static number => (RuncPods.ContainerId(number), RuncPods.PodUid(number)));
        await using WatchedNode node = WatchedNode.Start(WatchedNode.OpenProbes(), seen, new ContainerSettings());
        await Wait.UntilAsync(() => node.IsReady, Patience, "the event loop").ConfigureAwait(false);
        var pods = new RuncPods(options.Workload("short_life"));
        await using (pods.ConfigureAwait(false))
        {
            long start = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(
                Enumerable.Range(0, Containers),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (number, _) => await pods.RunAsync(number, string.Create(CultureInfo.InvariantCulture, $"na-short-{number}"), $"{Opens}", $"{LifeMs}").ConfigureAwait(false)).ConfigureAwait(false);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            const long expected = (long)Containers * EventsPerContainer;
            await Wait.WhileGrowsAsync(() => seen.Events, expected, Patience).ConfigureAwait(false);
            table.Add(
                string.Create(CultureInfo.InvariantCulture, $"{Containers:#,0} runc containers that live {LifeMs} ms, {Containers / seconds:0} a second, {expected:#,0} events: without container id or pod uid"),
                (expected - seen.Attributed) * 10_000.0 / expected,
                "of 10,000",
                most: MostOf10000);
            table.Add("  told, but of another one or of none", seen.Events - seen.Attributed, "events");
            table.Add("  never told", expected - seen.Events, "events");
        }
    }
}
