// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class CgroupTests
{
    [Fact]
    public void Cgroup_MadeEnteredRemoved_ReportsEachOnceInOrder()
    {
        using KernelWatch watch = KernelWatch.Start("process", "cgroup");
        string name = $"na-test-{Environment.ProcessId}";
        Workload workload = watch.Run("cgroup_move", Path.Combine(KernelRequirements.FindCgroupRoot()!, name));
        ulong id = workload.Number("cgroup_id");
        CapturedCgroup[] changes = [.. watch.Events.Cgroups.Where(change => change.Record.Header.CgroupId == id)];
        Assert.Equal([EventKind.CgroupMkdir, EventKind.CgroupAttach, EventKind.CgroupRmdir], changes.Select(change => change.Record.Header.Kind));
        foreach (CapturedCgroup change in changes)
        {
            Assert.EndsWith("/" + name, change.Path, StringComparison.Ordinal);
            Assert.StartsWith("/", change.Path, StringComparison.Ordinal);
            Assert.Equal((uint)change.Path.Count(letter => letter == '/'), change.Record.Level);
            Assert.Equal(workload.Number("parent_id"), change.Record.ParentCgroupId);
            Assert.Equal(workload.Pid, change.Record.Header.Pid);
            Assert.Equal("cgroup_move", ProcessTests.Comm(change.Record.Header));
        }

        uint child = workload.PidOf("child_pid");
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == child);
        ExitRecord exit = watch.Events.Exits.Single(exit => exit.Header.Pid == child);
        Assert.Equal((child, fork.ChildStartTimeNs), (changes[1].Record.AttachedPid, changes[1].Record.AttachedStartTimeNs));
        Assert.Equal((0u, 0ul), (changes[0].Record.AttachedPid, changes[0].Record.AttachedStartTimeNs));
        Assert.NotEqual(id, fork.ChildCgroupId);
        Assert.Equal(id, exit.Header.CgroupId);
    }
}
