// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class SignalTests
{
    private const uint SigKill = 9;
    private const uint SigUsr1 = 10;
    private const uint SigUsr2 = 12;
    private const uint SigUrg = 23;

    [Fact]
    public void Signal_ToAnotherCgroupOrTheAgent_IsToldAndNoOther()
    {
        using KernelWatch watch = KernelWatch.Start("process", "cgroup", "signal");
        Workload workload = watch.Run("send_signals", Path.Combine(KernelRequirements.FindCgroupRoot()!, $"na-signal-{Environment.ProcessId}"));
        SignalRecord[] told = [.. watch.Events.Signals.Where(signal => signal.Header.Pid == workload.Pid)];
        uint other = workload.PidOf("other_pid");
        uint self = (uint)Environment.ProcessId;
        Assert.Equal(
            [(other, SigUsr1), (other, SigUrg), (other, SigUsr2), (self, SigUrg), (other, SigKill)],
            told.Select(signal => (signal.TargetPid, signal.Signal)));
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == other);
        foreach (SignalRecord signal in told)
        {
            Assert.Equal((SignalOperation.Sent, 0u), (signal.Operation, signal.Error));
            Assert.Equal(("send_signals", fork.Header.StartTimeNs), (ProcessTests.Comm(signal.Header), signal.Header.StartTimeNs));
        }

        foreach (SignalRecord signal in told.Where(signal => signal.TargetPid == other))
        {
            Assert.Equal((fork.ChildStartTimeNs, workload.Number("other_cgroup")), (signal.TargetStartTimeNs, signal.TargetCgroupId));
            Assert.Equal("send_signals", Text(signal.TargetComm));
            Assert.NotEqual(signal.TargetCgroupId, signal.Header.CgroupId);
        }

        // Neither timers nor those within one cgroup.
        Assert.DoesNotContain(watch.Events.Signals, signal => signal.TargetPid == workload.PidOf("same_pid"));
        Assert.DoesNotContain(watch.Events.Signals, signal => signal.Header.Pid == workload.PidOf("same_pid") || signal.Header.Pid == other);
    }

    [Fact]
    public void Signal_OomKill_NamesTheVictim()
    {
        (string Folder, string Limit)? memory = FindMemoryController();
        Assert.SkipWhen(memory is null, "no memory controller is usable");
        using KernelWatch watch = KernelWatch.Start("process", "signal");
        Workload workload = watch.Run("oom_kill", Path.Combine(memory!.Value.Folder, $"na-oom-{Environment.ProcessId}"), memory.Value.Limit);
        Assert.Equal(SigKill, workload.Number("signal"));
        uint victim = workload.PidOf("child_pid");
        SignalRecord kill = Assert.Single(watch.Events.Signals, signal => signal.Operation == SignalOperation.OomKill && signal.Header.Pid == victim);
        ExitRecord exit = watch.Events.Exits.Single(exit => exit.Header.Pid == victim);
        Assert.Equal((victim, exit.Header.StartTimeNs, exit.Header.CgroupId), (kill.TargetPid, kill.TargetStartTimeNs, kill.TargetCgroupId));
        Assert.Equal((exit.Header.StartTimeNs, exit.Header.CgroupId), (kill.Header.StartTimeNs, kill.Header.CgroupId));
        Assert.Equal(("oom_kill", "oom_kill", SigKill), (ProcessTests.Comm(kill.Header), Text(kill.TargetComm), kill.Signal));
        Assert.True(kill.Header.TimeNs <= exit.Header.TimeNs);
        Assert.Equal(SigKill, exit.Signal);
    }

    // The memory controller is in the unified tree, or in a tree of its own.
    private static (string Folder, string Limit)? FindMemoryController()
    {
        const string Own = "/sys/fs/cgroup/memory";
        if (File.Exists($"{Own}/memory.limit_in_bytes"))
        {
            return (Own, "memory.limit_in_bytes");
        }

        string? root = KernelRequirements.FindCgroupRoot();
        return root is not null && File.ReadAllText($"{root}/cgroup.subtree_control").Contains("memory", StringComparison.Ordinal)
            ? (root, "memory.max")
            : null;
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes).TrimEnd('\0');
}
