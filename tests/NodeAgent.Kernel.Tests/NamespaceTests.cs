// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class NamespaceTests : IDisposable
{
    private const uint NewNs = 0x00020000;
    private const uint NewCgroup = 0x02000000;
    private const uint NewUts = 0x04000000;
    private const uint NewIpc = 0x08000000;
    private const uint NewNet = 0x40000000;
    private const uint NotFound = 2;
    private const uint Invalid = 22;
    private readonly string _folder = Directory.CreateTempSubdirectory("na-ns-").FullName;

    [Fact]
    public void Namespace_MadeAndEntered_HasTypesAndWhatIsThereAfter()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("change_namespaces", _folder);
        NamespaceRecord[] changes = Of(watch, workload.PidOf("calls_pid"));
        Assert.Equal(
            [
                (NamespaceOperation.Unshare, NewUts | NewIpc, 0u), (NamespaceOperation.Setns, NewUts, 0u),
                (NamespaceOperation.Setns, NewNet, Invalid), (NamespaceOperation.Unshare, NewNet, Invalid),
                (NamespaceOperation.Clone, NewNet | NewCgroup, 0u), (NamespaceOperation.Clone, NewNs, Invalid), (NamespaceOperation.Clone, NewNs, Invalid),
            ],
            changes.Select(change => (change.Operation, change.Flags, change.Error)));
        AssertInodes(workload, "unshared", changes[0]);
        AssertInodes(workload, "entered", changes[1]);
        AssertInodes(workload, "entered", changes[3]);
        AssertInodes(workload, "cloned", changes[4]);
        Assert.Equal([0u, 0, 0, 0, workload.PidOf("clone_child"), 0, 0], changes.Select(change => change.ChildPid));
        Assert.All(changes, change => Assert.Equal((0, 0), (change.Path.Length, change.OtherPath.Length)));
        Assert.Contains(watch.Events.Forks, fork => fork.ChildPid == workload.PidOf("clone_child"));
    }

    [Fact]
    public void Namespace_Chroot_HasThePathOfTheDirectoryItself()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("change_namespaces", _folder);
        CapturedNamespace[] changes = [.. watch.Events.Namespaces.Where(change => change.Record.Header.Pid == workload.PidOf("roots_pid"))];
        Assert.All(changes, change => Assert.Equal((NamespaceOperation.Chroot, 0u), (change.Record.Operation, change.Record.Flags)));
        Assert.Equal([NotFound, 0, 0], changes.Select(change => change.Record.Error));
        Assert.Equal("missing", Text(changes[0].Path));

        // From the top of the mounts: longer where this test itself runs in a changed root.
        Assert.EndsWith(_folder + "/root", Text(changes[1].Path), StringComparison.Ordinal);
        Assert.EndsWith(_folder + "/root/deeper", Text(changes[2].Path), StringComparison.Ordinal);
        CapturedNamespace mounted = watch.Events.Namespaces.Last(change => change.Record.Header.Pid == workload.PidOf("pivot_pid"));
        Assert.Equal((NamespaceOperation.Chroot, 0u), (mounted.Record.Operation, mounted.Record.Error));
        Assert.EndsWith(_folder + "/pivot", Text(mounted.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Namespace_PivotRoot_HasBothPathsAlsoWhenRefused()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("change_namespaces", _folder);
        CapturedNamespace refused = Pivot(watch, workload.PidOf("pivot_pid"));
        Assert.Equal((NotFound, "/nowhere", "/nowhere/old"), (refused.Record.Error, Text(refused.Path), Text(refused.OtherPath)));
        CapturedNamespace done = Pivot(watch, workload.PidOf("pivoted_pid"));
        Assert.Equal((0u, _folder + "/pivot", _folder + "/pivot/old"), (done.Record.Error, Text(done.Path), Text(done.OtherPath)));
        NamespaceRecord before = Of(watch, workload.PidOf("pivoted_pid"))[0];
        Assert.Equal((NamespaceOperation.Unshare, NewNs), (before.Operation, before.Flags));
        Assert.Equal(before.MountNs, done.Record.MountNs);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CapturedNamespace Pivot(KernelWatch watch, uint pid) =>
        Assert.Single(watch.Events.Namespaces, change => change.Record.Header.Pid == pid && change.Record.Operation == NamespaceOperation.PivotRoot);

    private static NamespaceRecord[] Of(KernelWatch watch, uint pid) =>
        [.. watch.Events.Namespaces.Where(change => change.Record.Header.Pid == pid).Select(change => change.Record)];

    private static void AssertInodes(Workload workload, string prefix, NamespaceRecord change) =>
        Assert.Equal(
            new[] { "mnt", "net", "uts", "ipc", "cgroup", "user", "pid_for_children" }.Select(name => workload.Number($"{prefix}_{name}")),
            new ulong[] { change.MountNs, change.NetNs, change.UtsNs, change.IpcNs, change.CgroupNs, change.UserNs, change.PidNs });

    private static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
