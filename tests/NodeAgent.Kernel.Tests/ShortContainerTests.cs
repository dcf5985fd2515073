// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Bpf.Loading;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Kernel.Tests.Support;
using NodeAgent.TestSupport.Runc;

namespace NodeAgent.Kernel.Tests;

/// <summary>Containers of the real runc that are gone before anybody could ask about them.</summary>
public sealed class ShortContainerTests
{
    private const int Containers = 50;
    private const int Opens = 10;
    private const string Mark = "na-brief-";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Events_OfContainersThatLive50Ms_AllHaveContainerAndPod()
    {
        Assert.SkipWhen(RuncPods.Missing is not null, RuncPods.Missing ?? string.Empty);
        using KernelWatch watch = KernelWatch.Start("process", "cgroup", "file");
        var stage = new EnrichmentStage(
            new ProcessTable(new ProcessTableOptions()),
            new ContainerTable(new ContainerTableOptions(), new CgroupTree(KernelRequirements.FindCgroupRoot()!), null, "node"),
            new DnsNames(new DnsNamesOptions()));
        var execs = new List<AttributedExec>();
        var capture = new EnrichedCapture(stage, execs, []);
        List<AttributedOpen> opens = capture.Opens;
        await using var pods = new RuncPods(Workload.PathOf("short_life"));
        Task running = Parallel.ForEachAsync(
            Enumerable.Range(0, Containers),
            new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (number, _) => await pods.RunAsync(number, Mark + number, $"{Opens}", "50"));

        var clock = Stopwatch.StartNew();
        while (!running.IsCompleted || opens.Count(IsTheirs) < Containers * Opens || execs.Count(IsTheirs) < Containers)
        {
            Assert.True(clock.Elapsed < Patience, $"{opens.Count(IsTheirs)} opens and {execs.Count(IsTheirs)} execs came");
            if (running.IsFaulted)
            {
                await running;
            }

            if (watch.Source.Read(ref capture, int.MaxValue) == 0)
            {
                watch.Source.Wait(TimeSpan.FromMilliseconds(20));
            }
        }

        Assert.Equal((Containers * Opens, Containers), (opens.Count(IsTheirs), execs.Count(IsTheirs)));
        Assert.All(opens.Where(IsTheirs), open => AssertIs(Number(open.Path), open.Identity));
        Assert.All(execs.Where(IsTheirs), exec =>
        {
            AssertIs(Number(exec.Argv[1]), exec.Process.OriginalContainer.Identity);
            Assert.True(exec.SeenFromStart);
        });
        Assert.Equal(0ul, watch.Source.LostCount);
    }

    private static bool IsTheirs(AttributedOpen open) => open.Path.Contains(Mark, StringComparison.Ordinal);

    private static bool IsTheirs(AttributedExec exec) => exec.Argv.Count > 1 && exec.Argv[1].StartsWith(Mark, StringComparison.Ordinal);

    private static void AssertIs(int number, ContainerIdentity identity) => Assert.Equal(
        (UnitKind.Container, RuncPods.ContainerId(number), RuncPods.PodUid(number)), (identity.Kind, identity.ContainerId, identity.PodUid));

    // Shape: …na-brief-NUMBER, or …na-brief-NUMBER-FILE.
    private static int Number(string text)
    {
        string[] rest = text[(text.IndexOf(Mark, StringComparison.Ordinal) + Mark.Length)..].Split('-');
        return int.Parse(rest[0], CultureInfo.InvariantCulture);
    }
}
