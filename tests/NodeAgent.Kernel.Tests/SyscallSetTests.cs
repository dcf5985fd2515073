// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Sets;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class SyscallSetTests
{
    [Fact]
    public void Syscalls_MadeOften_ReportsEachNumberOnce()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = Start();
        Workload workload = watch.Run("syscall_set", cgroup.Path);
        SyscallRecord[] all = Of(watch, workload);
        Assert.Equal(all.Length, all.DistinctBy(record => (record.Number, record.Flags)).Count());
        Assert.All(all, record => Assert.Equal((EventKind.Syscall, workload.PidOf("child_pid")), (record.Header.Kind, record.Header.Pid)));
        Assert.Single(all, record => record.Number == workload.Number("repeated") && record.Flags == SyscallFlags.None);
        Assert.Single(all, record => record.Number == workload.Number("single"));
        Assert.DoesNotContain(all, record => record.Number >= SyscallNumbers.Words * 64);
    }

    [Fact]
    public void Syscalls_ThirtyTwoBit_StandApart()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = Start();
        Workload workload = watch.Run("syscall_set", cgroup.Path);
        Assert.SkipUnless(workload.Number("compat") == 1, "this kernel has no 32-bit system calls");
        int number = (int)workload.Number("compat_number");
        SyscallRecord record = Assert.Single(Of(watch, workload), record => record.Number == number);
        Assert.Equal(SyscallFlags.Compat, record.Flags);
        Assert.True(watch.Source.Syscalls.TryRead(workload.Number("cgroup_id"), out SyscallSet set));
        Assert.Equal((true, false), (set.Compat.Contains(number), set.Native.Contains(number)));
    }

    [Fact]
    public void Sets_ReadIgnoredAndCleared_DoAsTheySay()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = Start();
        Workload workload = watch.Run("syscall_set", cgroup.Path);
        ulong id = workload.Number("cgroup_id");
        SyscallSets sets = watch.Source.Syscalls;
        var batch = new List<int>();
        sets.ReadAll((cgroupId, set) =>
        {
            if (cgroupId == id)
            {
                set.Native.ForEach(batch.Add);
            }
        });
        Assert.Equal(Of(watch, workload).Where(record => record.Flags == SyscallFlags.None).Select(record => (int)record.Number).Order(), batch);

        Assert.True(sets.Clear(id));
        sets.Ignore(id, true);
        int told = Of(watch, workload).Length;
        watch.Run("syscall_set", cgroup.Path);
        Assert.Equal(told, Of(watch, workload).Length);
        Assert.True(sets.TryRead(id, out SyscallSet ignored) && ignored.IsIgnored);

        sets.Ignore(id, false);
        watch.Run("syscall_set", cgroup.Path);
        Assert.Equal(2 * told, Of(watch, workload).Length);
    }

    [Fact]
    public void Sets_OfRemovedCgroup_AreGone()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = Start();
        ulong id = watch.Run("syscall_set", cgroup.Path).Number("cgroup_id");
        Assert.True(watch.Source.Syscalls.TryRead(id, out _));
        cgroup.Remove();
        Assert.False(watch.Source.Syscalls.TryRead(id, out _));
        Assert.False(watch.Source.Syscalls.Clear(id));
    }

    [Fact]
    public void Program_Detached_NotesNothingUntilItIsAttachedAgain()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start("process", "syscalls");
        Assert.False(watch.Source.Syscalls.IsAttached);
        Workload workload = watch.Run("syscall_set", cgroup.Path);
        Assert.Empty(Of(watch, workload));
        Assert.False(watch.Source.Syscalls.TryRead(workload.Number("cgroup_id"), out _));

        for (int round = 1; round <= 2; round++)
        {
            Assert.True(watch.Source.Syscalls.SetAttached(true));
            watch.Run("syscall_set", cgroup.Path);
            Assert.NotEmpty(Of(watch, workload));
            Assert.False(watch.Source.Syscalls.SetAttached(false));
            watch.Source.Syscalls.Clear(workload.Number("cgroup_id"));
            int told = Of(watch, workload).Length;
            watch.Run("syscall_set", cgroup.Path);
            Assert.Equal(told, Of(watch, workload).Length);
        }
    }

    private static KernelWatch Start()
    {
        KernelWatch watch = KernelWatch.Start("process", "syscalls");
        try
        {
            Assert.True(watch.Source.Syscalls.SetAttached(true));
            return watch;
        }
        catch
        {
            watch.Dispose();
            throw;
        }
    }

    private static SyscallRecord[] Of(KernelWatch watch, Workload workload) =>
        [.. watch.Events.Syscalls.Where(record => record.Header.CgroupId == workload.Number("cgroup_id"))];
}
