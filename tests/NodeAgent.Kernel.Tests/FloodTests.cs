// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <remarks>Left out where a kernel runs under emulation (scripts/kernels/tests.sh): the counts are those of a real machine.</remarks>
[Trait("Level", "Flood")]
public sealed class FloodTests : IDisposable
{
    private const int Opens = 200_000;
    private const int Execs = 200;

    private string? _cgroup;

    [Fact]
    public void Flood_NobodyReads_LosesNoExecAndCountsEveryOpen()
    {
        var options = new BpfOptions { ShardRingBytes = 1 << 16 };
        using KernelWatch watch = KernelWatch.Start(options, "process", "file", "cgroup");
        Workload workload = StartFlood();
        // Nothing is read meanwhile: the rings of the opens are full almost from the start.
        workload.RequireSuccess();
        watch.Finish(workload);

        ulong cgroup = workload.Number("cgroup_id");
        CapturedExec[] execs = [.. watch.Events.Execs.Where(exec => exec.Record.Header.CgroupId == cgroup)];
        Assert.Equal(Execs, execs.Length);
        Assert.All(execs, exec => Assert.Equal("flooded\0"u8, exec.Argv));
        Assert.Equal(Execs + 2, watch.Events.Forks.Count(fork => fork.Header.Pid == workload.Pid));

        IReadOnlyList<LossDelta> losses = watch.Source.ReadLosses();
        ulong lost = losses.Where(loss => loss.Kind == EventKind.Open && loss.CgroupId == cgroup).Aggregate(0ul, (sum, loss) => sum + loss.Count);
        ulong seen = (ulong)watch.Events.Opens.Count(open => open.Record.Header.CgroupId == cgroup);
        Assert.NotEqual(0ul, lost);
        Assert.NotEqual(0ul, seen);
        Assert.Equal((ulong)Opens, seen + lost);
        Assert.DoesNotContain(losses, loss => loss.Kind is EventKind.Exec or EventKind.Fork or EventKind.Exit);
    }

    [Fact]
    public void Flood_ReadMeanwhile_LosesNothing()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file", "cgroup");
        Workload workload = watch.Finish(StartFlood());
        ulong cgroup = workload.Number("cgroup_id");
        Assert.Equal(Opens, watch.Events.Opens.Count(open => open.Record.Header.CgroupId == cgroup));
        Assert.Equal(Execs, watch.Events.Execs.Count(exec => exec.Record.Header.CgroupId == cgroup));
        Assert.DoesNotContain(watch.Source.ReadLosses(), loss => loss.CgroupId == cgroup);
    }

    public void Dispose()
    {
        if (_cgroup is not null)
        {
            Directory.Delete(_cgroup);
        }
    }

    private Workload StartFlood()
    {
        _cgroup = Path.Combine(KernelRequirements.FindCgroupRoot()!, $"na-flood-{Environment.ProcessId}");
        Directory.CreateDirectory(_cgroup);
        return Workload.Start("open_flood", $"{Opens}", $"{Execs}", _cgroup);
    }
}
