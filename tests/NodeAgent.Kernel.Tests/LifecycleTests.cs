// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using NodeAgent.Bpf.Loading;
using NodeAgent.Enrichment;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Processes;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>Processes and containers that come and go faster, or look otherwise, than anybody expects.</summary>
public sealed class LifecycleTests
{
    private const ulong Second = 1_000_000_000;
    private readonly List<AttributedExec> _execs = [];
    private readonly List<ProcessInfo> _exits = [];

    [Fact]
    public void Churn_ThousandContainersInAMinute_EachProcessIsItsContainersAndNothingStays()
    {
        const int Count = 1000;
        Assert.SkipWhen(KernelRequirements.FindCgroupRoot() is null, "no cgroup2 tree is mounted");
        string root = KernelRequirements.FindCgroupRoot()!;
        string parent = $"na-churn-{Environment.ProcessId}";
        using KernelWatch watch = KernelWatch.Start("process", "cgroup", "process_calls");
        EnrichmentStage stage = Stage(root);
        var notes = OwnMap.Find("na_identity_notes");
        int notesBefore = notes.Count();
        var clock = Stopwatch.StartNew();
        Workload workload = Run(watch, stage, Workload.Start("churn", Path.Combine(root, parent), Count.ToString()));
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"took {clock.Elapsed}");
        ILookup<uint, AttributedExec> byPid = _execs.ToLookup(exec => exec.Key.Pid);
        for (int at = 0; at < Count; at++)
        {
            ulong cgroup = workload.Number($"cgroup_{at}");
            AttributedExec exec = Assert.Single(byPid[workload.PidOf($"pid_{at}")], exec => exec.CgroupId == cgroup);
            Assert.EndsWith($"/{parent}/c{at}", exec.CgroupPath, StringComparison.Ordinal);
            Assert.Equal(["churn", $"{at}"], exec.Argv);
            Assert.True(exec.SeenFromStart);
            Assert.NotEqual(0ul, exec.Process.ExitTimeNs);
        }

        AssertNothingWasLost(watch);
        ulong last = _exits.Max(process => process.ExitTimeNs);
        stage.OnTick(last + 3600 * Second);
        Assert.True(stage.Processes.Count < 400, $"{stage.Processes.Count} processes stayed");
        Assert.True(stage.Containers.Count < 100, $"{stage.Containers.Count} cgroups stayed");

        // Other processes of the machine come and go too, but not by hundreds.
        Assert.InRange(notes.Count(), 1, notesBefore + Count / 2);
    }

    [Fact]
    public void Escape_IntoAnotherContainerAndTheRoot_StaysTheFirstContainers()
    {
        Assert.SkipWhen(KernelRequirements.FindCgroupRoot() is null, "no cgroup2 tree is mounted");
        string root = KernelRequirements.FindCgroupRoot()!;
        string first = MakeContainer(root, 'a');
        string second = MakeContainer(root, 'b');
        try
        {
            using KernelWatch watch = KernelWatch.Start("process", "cgroup", "file");
            EnrichmentStage stage = Stage(root);
            stage.LoadCgroups(1);
            var capture = new EnrichedCapture(stage, _execs, _exits);
            Workload workload = Run(watch, Workload.Start("cgroup_escape", first, second, root), capture);
            ulong[] where = [workload.Number("first_id"), workload.Number("second_id"), workload.Number("root_id"), workload.Number("root_id")];
            AttributedOpen[] marks = [.. capture.Opens.Where(open => open.Path.StartsWith("/no-such-mark/", StringComparison.Ordinal) && open.Pid != 0
                && (open.Pid == workload.PidOf("inside_pid") || open.Pid == workload.PidOf("child_pid")))];
            Assert.Equal(["first", "second", "root", "child"], marks.Select(mark => Path.GetFileName(mark.Path)));
            Assert.Equal(where, marks.Select(mark => mark.CgroupId));
            Assert.All(marks, mark => Assert.Equal(where[0], mark.OriginalCgroupId));
            Assert.Equal([false, true, true, true], marks.Select(mark => mark.HasLeft));
            Assert.All(
                _exits.Where(process => process.Pid == workload.PidOf("inside_pid") || process.Pid == workload.PidOf("child_pid")),
                process => Assert.Equal((where[0], where[2], true), (process.OriginalContainer.CgroupId, process.Container.CgroupId, process.HasLeftItsContainer)));
            AssertNothingWasLost(watch);
        }
        finally
        {
            Directory.Delete(first);
            Directory.Delete(second);
            Directory.Delete(Path.GetDirectoryName(first)!);
        }
    }

    [Fact]
    public void Reuse_OnePidAgainAndAgain_IsAnotherProcessEachTime()
    {
        const int Count = 200;
        using KernelWatch watch = KernelWatch.Start("process");
        EnrichmentStage stage = Stage("/nowhere");
        Workload workload = Run(watch, stage, Workload.Start("reuse_pid", Count.ToString()));
        Assert.SkipWhen(workload.Number("refused") != 0, "this machine does not let pids be chosen");
        uint pid = workload.PidOf("reused");
        AttributedExec[] execs = [.. _execs.Where(exec => exec.Key.Pid == pid && exec.Argv is ["reuse_pid", "again", _])];
        Assert.Equal(Enumerable.Range(0, Count).Select(at => $"{at}"), execs.Select(exec => exec.Argv[2]));
        Assert.Equal(Count, execs.Select(exec => exec.Key).Distinct().Count());
        ProcessInfo[] exits = [.. _exits.Where(process => process.Pid == pid && process.Argv is ["reuse_pid", "again", _])];
        Assert.Equal(execs.Select(exec => exec.Process), exits);
        Assert.All(exits, process => Assert.Same(process, stage.Processes.Find(process.Key)));
        AssertNothingWasLost(watch);
    }

    [Fact]
    public void Rewrite_ArgumentsAndNameWhileTheyAreRead_HarmNobody()
    {
        const int Count = 100;
        const int Snapshots = 20;
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = Workload.Start("rewrite_self", [$"{Count}", .. Enumerable.Repeat("filler", 300)]);
        for (int at = 0; at < Snapshots; at++)
        {
            watch.ReadSnapshot();
            watch.Drain();
        }

        workload.EndInput();
        watch.Finish(workload);
        Assert.Equal("1", workload.Text("done"));
        CapturedExec[] children = [.. watch.Events.Execs.Where(exec => exec.Record.ParentPid == workload.Pid && exec.Record.Header.Kind == EventKind.Exec)];
        Assert.Equal(Count, children.Length);
        Assert.All(children, exec => Assert.Equal("exact\0child\0arguments\0"u8, exec.Argv));
        Assert.All(children, exec => Assert.Equal(Workload.PathOf("rewrite_self"), exec.Exe));
        CapturedExec[] seen = [.. watch.Events.Execs.Where(exec => exec.Record.Header.Kind == EventKind.Task && exec.Record.Header.Pid == workload.Pid)];
        Assert.InRange(seen.Length, 1, Snapshots);
        Assert.All(seen, exec => Assert.Equal(Workload.PathOf("rewrite_self"), exec.Exe));
        AssertNothingWasLost(watch);
    }

    private static void AssertNothingWasLost(KernelWatch watch)
    {
        Assert.Equal(0, watch.Source.Counters.Malformed);
        Assert.Equal(0ul, watch.Source.LostCount);
    }

    private static EnrichmentStage Stage(string cgroupRoot) => new(
        new ProcessTable(new ProcessTableOptions()),
        new ContainerTable(new ContainerTableOptions(), new CgroupTree(cgroupRoot), null, "node"),
        new DnsNames(new DnsNamesOptions()));

    // Shape of the name: as runtimes name the cgroup of a container.
    private static string MakeContainer(string root, char letter)
    {
        string path = Path.Combine(root, $"na-escape-{Environment.ProcessId}", $"docker-{new string(letter, 64)}.scope");
        Directory.CreateDirectory(path);
        return path;
    }

    private Workload Run(KernelWatch watch, EnrichmentStage stage, Workload workload) =>
        Run(watch, workload, new EnrichedCapture(stage, _execs, _exits));

    private Workload Run(KernelWatch watch, Workload workload, EnrichedCapture capture)
    {
        var clock = Stopwatch.StartNew();
        while (!_exits.Any(process => process.Pid == workload.Pid))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(2), $"{workload.Name} did not end");
            if (watch.Source.Read(ref capture, 4096) == 0)
            {
                watch.Source.Wait(TimeSpan.FromMilliseconds(20));
            }
        }

        workload.RequireSuccess();
        return workload;
    }
}
