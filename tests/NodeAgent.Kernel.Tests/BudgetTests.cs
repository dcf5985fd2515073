// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <remarks>Left out where a kernel runs under emulation (scripts/kernels/tests.sh): the counts are those of a real machine.</remarks>
[Trait("Level", "Flood")]
public sealed class BudgetTests : IDisposable
{
    private const int Rate = 2000;
    private const int Burst = 256;
    private const int Work = 50;
    private const int Flooders = 2;

    private readonly TestCgroup _busy = new();
    private readonly TestCgroup _quiet = new();

    [Fact]
    public void ForkBomb_InOneContainer_IsCutThereAndCountedWhole()
    {
        const int Forks = 10_000;
        using KernelWatch watch = Start(BudgetBucket.Process);
        Workload workload = Flood(watch, "fork", Forks);
        ulong busy = workload.Number("busy_id");
        int told = watch.Events.Forks.Count(fork => fork.Header.CgroupId == busy)
            + watch.Events.Exits.Count(exit => exit.Header.CgroupId == busy) - Flooders;
        RequireCut(watch, busy, EventClass.Process, (2 * Flooders * Forks) - told);
        // What was told of comes in pairs: no process that began is left without its end.
        Assert.Equal(
            watch.Events.Forks.Where(fork => fork.Header.CgroupId == busy).Select(fork => fork.ChildPid).Order(),
            watch.Events.Exits.Where(exit => exit.Header.CgroupId == busy && exit.Header.Comm[0] != 0).Select(exit => exit.Header.Pid).Order()
                .Except(FloodersOf(watch, workload)));
    }

    [Fact]
    public void OpenStorm_InOneContainer_IsCutThereAndCountedWhole()
    {
        const int Opens = 200_000;
        using KernelWatch watch = Start(BudgetBucket.File);
        Workload workload = Flood(watch, "open", Opens);
        ulong busy = workload.Number("busy_id");
        int told = watch.Events.Opens.Count(open => open.Record.Header.CgroupId == busy && Text(open).Contains("busy-", StringComparison.Ordinal));
        int other = watch.Events.Opens.Count(open => open.Record.Header.CgroupId == busy) - told;
        Assert.InRange(other, 0, 16);
        RequireCut(watch, busy, EventClass.File, (Flooders * Opens) - told);
    }

    [Fact]
    public void DatagramFlood_InOneContainer_IsCutThereAndCountedWhole()
    {
        const int Datagrams = 30_000;
        using KernelWatch watch = Start(BudgetBucket.Network);
        Workload workload = Flood(watch, "udp", Datagrams);
        ulong busy = workload.Number("busy_id");
        int told = watch.Events.Flows.Count(flow => flow.Header.CgroupId == busy);
        RequireCut(watch, busy, EventClass.Network, (Flooders * Datagrams) - told);
    }

    [Fact]
    public void RequestFlood_InOneContainer_IsCutWithoutItsOtherNetworkEvents()
    {
        const int Requests = 20_000;
        using KernelWatch watch = Start(BudgetBucket.Payload);
        Workload workload = Flood(watch, "http", Requests);
        ulong busy = workload.Number("busy_id");
        int told = watch.Events.Payloads.Count(payload => payload.Record.Header.CgroupId == busy);

        // Each request leaves one socket of the flood and reaches another one.
        RequireCut(watch, busy, EventClass.Network, (2 * Flooders * Requests) - told);
        Assert.Equal(Flooders * Work, watch.Events.Flows.Count(flow => flow.Header.CgroupId == busy && flow.RemotePort is >= 20_000 and < 20_000 + Work));
    }

    [Fact]
    public void Container_Removed_LeavesNothingOfItsCountBehind()
    {
        using KernelWatch watch = Start(BudgetBucket.File);
        ulong busy;
        using (var cgroup = new TestCgroup())
        {
            Workload workload = watch.Finish(Workload.Start("flood", "open", "5000", cgroup.Path, _quiet.Path, "1"));
            busy = workload.Number("busy_id");
        }

        watch.WaitUntil(() => watch.Events.Cgroups.Any(cgroup => cgroup.Record.Header.CgroupId == busy && cgroup.Record.Header.Kind == EventKind.CgroupRmdir), "rmdir");
        ulong told = (ulong)watch.Events.Opens.Count(open => open.Record.Header.CgroupId == busy && Text(open).Contains("busy-", StringComparison.Ordinal));
        Assert.Equal(10_000ul, told + Sum(watch.Events.Suppressed.Where(record => record.Header.CgroupId == busy)));
        Assert.DoesNotContain(watch.Source.ReadCuts(), cut => cut.CgroupId == busy);
    }

    public void Dispose()
    {
        _busy.Dispose();
        _quiet.Dispose();
    }

    private static KernelWatch Start(BudgetBucket bucket)
    {
        var options = new BpfOptions();
        options.Filter.Budgets[bucket] = new Budget(Rate, Burst);
        return KernelWatch.Start(options, "process", "file", "udp", "payload", "cgroup");
    }

    private Workload Flood(KernelWatch watch, string kind, int count)
    {
        Workload workload = watch.Finish(Workload.Start("flood", kind, $"{count}", _busy.Path, _quiet.Path, $"{Work}"));
        ulong quiet = workload.Number("quiet_id");
        Assert.DoesNotContain(watch.Source.ReadLosses(), loss => loss.Count > 0);
        Assert.Equal(Work, watch.Events.Execs.Count(exec => exec.Record.Header.CgroupId == quiet));
        Assert.Equal(Work, watch.Events.Forks.Count(fork => fork.Header.CgroupId == quiet));
        Assert.Equal(Work + 1, watch.Events.Exits.Count(exit => exit.Header.CgroupId == quiet));
        Assert.Equal(Work, watch.Events.Opens.Count(open => open.Record.Header.CgroupId == quiet && Text(open).Contains("quiet-", StringComparison.Ordinal)));
        Assert.Equal(Work, watch.Events.Flows.Where(flow => flow.Header.CgroupId == quiet).Select(flow => flow.RemotePort).Distinct().Count(port => port is >= 20_000 and < 20_000 + Work));
        return workload;
    }

    // All of it: what records told, and what was left when the flood was over. The rest of the machine has budgets too, and may be busy.
    private static void RequireCut(KernelWatch watch, ulong busy, EventClass eventClass, int expected)
    {
        Assert.True(expected > 0, "nothing was cut");
        watch.Source.ReadCuts();
        BudgetCut[] rest = [.. watch.Source.ReadCuts().Where(cut => cut.CgroupId == busy)];
        SuppressedRecord[] told = [.. watch.Events.Suppressed.Where(record => record.Header.CgroupId == busy)];
        Assert.All(told, record => Assert.Equal(eventClass, record.Class));
        Assert.All(rest, cut => Assert.Equal(eventClass, cut.Class));
        Assert.NotEmpty(told);
        Assert.Equal((ulong)expected, Sum(told) + rest.Aggregate(0ul, (sum, cut) => sum + cut.Count));
        Assert.DoesNotContain(watch.Source.ReadCuts(), cut => cut.CgroupId == busy);
    }

    private static ulong Sum(IEnumerable<SuppressedRecord> records) => records.Aggregate(0ul, (sum, record) => sum + record.Count);

    private static IEnumerable<uint> FloodersOf(KernelWatch watch, Workload workload) =>
        watch.Events.Forks.Where(fork => fork.Header.Pid == workload.Pid).Select(fork => fork.ChildPid);

    private static string Text(CapturedOpen open) => Encoding.Latin1.GetString(open.Path);
}
