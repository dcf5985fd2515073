// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Sets;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class CapabilityTests
{
    private const uint Chown = 0;
    private const uint SysChroot = 18;
    private const uint SysPtrace = 19;
    private const uint SysAdmin = 21;
    private const uint SysNice = 23;

    [Fact]
    public void Capability_UsedAndRefused_ReportsEachOnceWithItsCall()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start("process", "capability");
        Workload workload = watch.Run("capability_use", cgroup.Path, "use");
        CapabilityRecord[] all = Of(watch, workload);
        Assert.All(all, record => Assert.Equal(workload.Pid, record.Header.Pid));
        Assert.All(all, record => Assert.Equal(workload.Number("user_ns"), record.UserNs));
        AssertOne(all, Chown, 1, workload.Number("fchown"));
        AssertOne(all, SysAdmin, 1, workload.Number("unshare"));
        AssertOne(all, SysChroot, 0, workload.Number("chroot"));
        Assert.Equal(all.Length, all.DistinctBy(record => (record.Capability, record.Granted)).Count());
        Assert.Equal("capability_use", ProcessTests.Comm(all[0].Header));
    }

    [Fact]
    public void Capability_LookedForInPassing_ReportsNothing()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start("process", "capability");
        Workload workload = watch.Run("capability_use", cgroup.Path, "quiet");
        Assert.DoesNotContain(Of(watch, workload), record => record.Capability is SysAdmin or SysPtrace);
    }

    [Fact]
    public void Capability_InOwnUserNamespace_SaysWhichAndHidesNoOther()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start("process", "capability");
        Workload nested = watch.Run("capability_use", cgroup.Path, "nested");
        Assert.SkipWhen(nested.Number("refused") == 1, "no user namespace can be made here: this is a chroot, or a sysctl forbids it");
        CapabilityRecord record = Of(watch, nested).Single(record => record.Capability == SysAdmin && record.UserNs == nested.Number("user_ns"));
        Assert.Equal(1u, record.Granted);
        Workload use = watch.Run("capability_use", cgroup.Path, "use");
        Assert.NotEqual(use.Number("user_ns"), nested.Number("user_ns"));
        Assert.Contains(Of(watch, use), other => other.Capability == SysAdmin && other.UserNs == use.Number("user_ns"));
    }

    [Fact]
    public void Capability_SetReadAndCleared_IsToldAgain()
    {
        using var cgroup = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start("process", "capability");
        Workload first = watch.Run("capability_use", cgroup.Path, "use");
        ulong id = first.Number("cgroup_id");
        CapabilitySet set = default;
        watch.Source.Capabilities.ReadAll((cgroupId, found) => set = cgroupId == id ? found : set);
        Assert.Equal(1ul << (int)SysAdmin | 1ul << (int)Chown, set.Granted & (1ul << (int)SysAdmin | 1ul << (int)Chown));
        Assert.NotEqual(0ul, set.Refused & (1ul << (int)SysChroot));

        int told = Of(watch, first).Length;
        watch.Run("capability_use", cgroup.Path, "use");
        Assert.Equal(told, Of(watch, first).Length);
        Assert.True(watch.Source.Capabilities.Clear(id));
        Assert.False(watch.Source.Capabilities.Clear(id));
        Workload third = watch.Run("capability_use", cgroup.Path, "use");
        Assert.Contains(Of(watch, third), record => record.Capability == Chown && record.Header.Pid == third.Pid);
    }

    [Fact]
    public void Churn_ThousandContainers_LeavesNoSetBehind()
    {
        const int Count = 1000;
        using var parent = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start("process", "capability");
        Workload workload = watch.Run("churn", Path.Combine(parent.Path, "churn"), $"{Count}");
        HashSet<ulong> gone = [.. Enumerable.Range(0, Count).Select(at => workload.Number($"cgroup_{at}"))];

        // Each had one.
        Assert.Superset(gone, watch.Events.Capabilities.Where(record => record.Capability == SysNice).Select(record => record.Header.CgroupId).ToHashSet());
        watch.Source.Capabilities.ReadAll((cgroupId, _) => Assert.DoesNotContain(cgroupId, gone));
        ulong[] kept = OwnMap.Find("na_capability_sets").Keys();
        Assert.NotEmpty(kept); // bpftool, which reads it, uses one too
        Assert.Empty(gone.Intersect(kept));
        Assert.Equal(0, watch.Source.Counters.Malformed);
    }

    private static CapabilityRecord[] Of(KernelWatch watch, Workload workload) =>
        [.. watch.Events.Capabilities.Where(record => record.Header.CgroupId == workload.Number("cgroup_id"))];

    private static void AssertOne(CapabilityRecord[] all, uint capability, uint granted, ulong call)
    {
        CapabilityRecord record = Assert.Single(all, record => record.Capability == capability && record.Granted == granted);
        Assert.Equal(EventKind.Capability, record.Header.Kind);
        Assert.Equal(call, record.Syscall);
    }
}
