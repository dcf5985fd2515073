// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>What a process does to another one, and to itself.</summary>
public sealed class PrivilegeProcessTests
{
    private const ulong TraceMe = 0;
    private const ulong PokeData = 5;
    private const ulong SetRegs = 13;
    private const ulong Attach = 16;
    private const ulong SetRegSet = 0x4205;
    private const ulong Seize = 0x4206;
    private const uint NoProcess = 3;
    private const uint Fault = 14;
    private const uint Invalid = 22;
    private const uint BadSystemCall = 31;
    private const ulong KillProcess = 0x80000000;
    private const ulong Trap = 0x30000;

    [Fact]
    public void Ptrace_AttachPokeSetRegistersSeize_NameTheTarget()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_process", "attach", cgroup.Path);
        uint child = workload.PidOf("child_pid");
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == child);
        PrivilegeRecord[] all = [.. Of(watch, workload, PrivilegeOperation.Ptrace).Select(captured => captured.Record)];
        PrivilegeRecord[] done = [.. all.Where(record => record.Error == 0)];
        ulong[] expected = OperatingSystem.IsLinux() && System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64
            ? [Attach, PokeData, SetRegSet, SetRegs, Seize] : [Attach, PokeData, SetRegSet, Seize];
        Assert.Equal(expected, done.Select(record => record.Arguments[0]));
        foreach (PrivilegeRecord record in done)
        {
            Assert.Equal(child, record.TargetPid);
            Assert.Equal(fork.ChildStartTimeNs, record.TargetStartTimeNs);
            Assert.Equal(workload.Number("cgroup_id"), record.TargetCgroupId);
            Assert.NotEqual(record.Header.CgroupId, record.TargetCgroupId);
            Assert.Equal((EventKind.Privilege, workload.Pid), (record.Header.Kind, record.Header.Pid));
        }

        Assert.Equal((workload.Number("address"), 43ul), (done[1].Arguments[2], done[1].Arguments[3]));
        PrivilegeRecord failed = Assert.Single(all, record => record.Error != 0);
        Assert.Equal((NoProcess, Attach, 0u, 0ul), (failed.Error, failed.Arguments[0], failed.TargetPid, failed.TargetStartTimeNs));
    }

    [Fact]
    public void Ptrace_TraceMe_TargetIsTheParentThatTraces()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_process", "traceme");
        CapturedPrivilege one = Assert.Single(watch.Events.Privileges, captured =>
            captured.Record.Header.Pid == workload.PidOf("child_pid") && captured.Record.Operation == PrivilegeOperation.Ptrace);
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == workload.Pid);
        Assert.Equal(TraceMe, one.Record.Arguments[0]);
        Assert.Equal((workload.Pid, fork.ChildStartTimeNs), (one.Record.TargetPid, one.Record.TargetStartTimeNs));
    }

    [Fact]
    public void Ptrace_InPidNamespace_TargetHasTheMachinesPid()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_process", "nested");
        uint leader = workload.PidOf("leader_pid");
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.Header.Pid == leader);
        PrivilegeRecord record = Assert.Single(watch.Events.Privileges, captured =>
            captured.Record.Header.Pid == leader && captured.Record.Operation == PrivilegeOperation.Ptrace).Record;
        Assert.Equal(workload.Number("inner_pid"), record.Arguments[1]);
        Assert.Equal((fork.ChildPid, fork.ChildStartTimeNs), (record.TargetPid, record.TargetStartTimeNs));
        Assert.NotEqual(workload.Number("inner_pid"), record.TargetPid);
    }

    [Fact]
    public void ProcessVm_ReadAndWriteRepeated_EachOnceWithTargetAndBytes()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_process", "vm");
        uint child = workload.PidOf("child_pid");
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == child);
        CapturedPrivilege[] reads = Of(watch, workload, PrivilegeOperation.ProcessVmRead);
        PrivilegeRecord write = Assert.Single(Of(watch, workload, PrivilegeOperation.ProcessVmWrite)).Record;
        Assert.Equal([(0u, 8ul), (Fault, 0ul)], reads.Select(read => (read.Record.Error, read.Record.Arguments[1])));
        Assert.Equal((child, fork.ChildStartTimeNs, fork.ChildCgroupId), (write.TargetPid, write.TargetStartTimeNs, write.TargetCgroupId));
        Assert.Equal(((ulong)child, 8ul, 0u), (write.Arguments[0], write.Arguments[1], write.Error));
    }

    [Fact]
    public void Prctl_Repeated_TellsNamesAsTheKernelHasThemOnce()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_process", "prctl");
        CapturedPrivilege[] all = Of(watch, workload, PrivilegeOperation.Prctl);
        Assert.Equal(
            [(15ul, 0ul, "another-name-cu"), (4ul, 0ul, string.Empty), (38ul, 1ul, string.Empty), (15ul, 0ul, "one\nname")],
            all.Select(one => (one.Record.Arguments[0], one.Record.Arguments[1], Text(one))));
        Assert.All(all, one => Assert.Equal(0u, one.Record.Error));
    }

    [Fact]
    public void Memfd_Repeated_EachNameOnce()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_process", "memfd");
        CapturedPrivilege[] all = Of(watch, workload, PrivilegeOperation.MemfdCreate);
        Assert.Equal(3, all.Length);
        Assert.Equal(["two \u00ff\n", "one"], all.Take(2).Select(Text));
        Assert.All(all.Take(2), one => Assert.Equal((1ul, 0u), (one.Record.Arguments[0], one.Record.Error)));
        Assert.Equal(Invalid, all[2].Record.Error);
        Assert.StartsWith("nnnnnnnn", Text(all[2]), StringComparison.Ordinal);
    }

    [Fact]
    public void Seccomp_TrappedAndKilled_TellActionAndCallOnce()
    {
        using KernelWatch watch = KernelWatch.Start("process", "privilege");
        Workload workload = watch.Run("privilege_process", "seccomp");
        ulong number = workload.Number("number");
        Assert.Equal((Trap, number, (ulong)BadSystemCall), Single("trapped_pid"));
        Assert.Equal((KillProcess, number, (ulong)BadSystemCall), Single("killed_pid"));
        Assert.DoesNotContain(watch.Events.Privileges, one =>
            one.Record.Operation == PrivilegeOperation.Seccomp && one.Record.Header.Pid == workload.PidOf("signalled_pid"));

        (ulong Action, ulong Call, ulong Signal) Single(string who)
        {
            PrivilegeRecord record = Assert.Single(watch.Events.Privileges, one =>
                one.Record.Operation == PrivilegeOperation.Seccomp && one.Record.Header.Pid == workload.PidOf(who)).Record;
            return (record.Arguments[0], record.Arguments[1], record.Arguments[2]);
        }
    }

    private static CapturedPrivilege[] Of(KernelWatch watch, Workload workload, PrivilegeOperation operation) =>
        [.. watch.Events.Privileges.Where(one => one.Record.Header.Pid == workload.Pid && one.Record.Operation == operation)];

    private static string Text(CapturedPrivilege one) => Encoding.Latin1.GetString(one.Detail);
}
