// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class CredentialsTests : IDisposable
{
    private const uint User = 1001;
    private const uint Group = 2002;
    private const int SysChroot = 18;
    private const uint UnknownCall = uint.MaxValue;
    private readonly string _folder = Directory.CreateTempSubdirectory("na-cred-").FullName;

    [Fact]
    public void Credentials_EachWayToChange_IsToldOnceAndWhatChangesNothingNever()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("change_identity", _folder);
        CredentialsRecord[] told = Of(watch, workload.PidOf("change_pid"));
        Assert.Equal(
            [workload.Number("setgid"), workload.Number("capset"), workload.Number("setresuid"), workload.Number("setresuid"), workload.Number("setuid")],
            told.Select(record => (ulong)record.Syscall));
        CredentialsRecord gid = told[0];
        Assert.Equal((0u, Group, 0u, Group), (gid.OldGid, gid.NewGid, gid.OldEffectiveGid, gid.NewEffectiveGid));
        Assert.Equal((0u, 0u, 0u, 0u), (gid.OldUid, gid.NewUid, gid.OldEffectiveUid, gid.NewEffectiveUid));
        Assert.Equal(gid.OldEffectiveCaps, gid.NewEffectiveCaps);
        Assert.Equal(1ul << SysChroot, told[1].OldEffectiveCaps ^ told[1].NewEffectiveCaps);
        Assert.Equal(told[1].OldPermittedCaps, told[1].NewPermittedCaps);
        Assert.Equal((0u, 0u, 0u, User), (told[2].OldUid, told[2].NewUid, told[2].OldEffectiveUid, told[2].NewEffectiveUid));
        Assert.Equal((told[1].NewEffectiveCaps, 0ul), (told[2].OldEffectiveCaps, told[2].NewEffectiveCaps));
        Assert.Equal((User, 0u), (told[3].OldEffectiveUid, told[3].NewEffectiveUid));
        Assert.Equal((0u, User, 0u, User), (told[4].OldUid, told[4].NewUid, told[4].OldEffectiveUid, told[4].NewEffectiveUid));
        Assert.Equal((0ul, 0ul), (told[4].NewEffectiveCaps, told[4].NewPermittedCaps));
        Assert.All(told, record => Assert.Equal((record.OldUid, record.OldGid), (record.Header.Uid, record.Header.Gid)));
        Assert.All(told, record => Assert.Equal("change_identity"[..15], ProcessTests.Comm(record.Header)));
        Assert.Empty(Of(watch, workload.PidOf("same_pid")));
        Assert.Empty(Of(watch, workload.Pid));
    }

    [Fact]
    public void Credentials_ThreadsThatFollow_TellNoMoreThanOneEach()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("change_identity", _folder);
        CredentialsRecord[] told = Of(watch, workload.PidOf("threads_pid"));
        Assert.InRange(told.Length, 1, 4);
        Assert.Equal(told.Length, told.Select(record => record.Header.Tid).Distinct().Count());
        Assert.All(told, record => Assert.Equal((0u, User, workload.Number("setuid")), (record.OldUid, record.NewUid, record.Syscall)));
    }

    [Fact]
    public void Credentials_NewUserNamespace_GivesAllCapabilitiesThere()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("change_identity", _folder);
        CredentialsRecord last = Of(watch, workload.PidOf("namespace_pid"))[^1];
        Assert.Equal(workload.Number("unshare"), last.Syscall);
        Assert.Equal(workload.Number("user_ns"), last.NewUserNs);
        Assert.Equal((User, User, 0ul), (last.OldUid, last.NewUid, last.OldEffectiveCaps));
        Assert.NotEqual(0ul, last.NewEffectiveCaps);
        NamespaceRecord change = Assert.Single(watch.Events.Namespaces, change => change.Record.Header.Pid == workload.PidOf("namespace_pid")).Record;
        Assert.Equal((NamespaceOperation.Unshare, 0u), (change.Operation, change.Error));
        Assert.Equal(workload.Number("user_ns"), change.UserNs);
    }

    [Fact]
    public void Credentials_SetUserIdProgram_IsToldByItsExec()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("change_identity", _folder);
        CredentialsRecord[] told = Of(watch, workload.PidOf("exec_pid"));
        Assert.Equal([workload.Number("setuid"), workload.Number("execve")], told.Select(record => (ulong)record.Syscall));
        Assert.Equal((User, User, User, 0u), (told[1].OldUid, told[1].NewUid, told[1].OldEffectiveUid, told[1].NewEffectiveUid));
        Assert.Equal((0u, 0u, 0u, Group), (told[1].OldGid, told[1].NewGid, told[1].OldEffectiveGid, told[1].NewEffectiveGid));
        Assert.Equal((0ul, true), (told[1].OldEffectiveCaps, told[1].NewEffectiveCaps != 0));
        Assert.NotEqual(UnknownCall, told[1].Syscall);
    }

    [Fact]
    public void Credentials_ChangedByNoCall_IsFoundAtTheNextFork()
    {
        const uint Told = 4242;
        const int UidOfNote = 24; // struct na_identity_note: now.uid
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = Workload.Start("wait_then_fork");
        watch.WaitUntil(() => watch.Events.Execs.Any(exec => exec.Record.Header.Pid == workload.Pid), "exec of wait_then_fork");

        // What an exploit does, the other way round: not the credentials change, but what was told of them.
        OwnMap.Find("na_identity_notes").Patch(workload.Pid, UidOfNote, Told);
        workload.EndInput();
        watch.Finish(workload);
        CredentialsRecord told = Assert.Single(Of(watch, workload.Pid));
        Assert.Equal((UnknownCall, Told, 0u), (told.Syscall, told.OldUid, told.NewUid));
        Assert.Empty(Of(watch, workload.PidOf("child_pid")));
    }

    [Fact]
    public void Credentials_ProcessOlderThanTheSensor_IsToldWithWhatItHadBefore()
    {
        Workload waiting = Workload.Start("wait_then_change");
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        waiting.EndInput();
        watch.Finish(waiting);
        CredentialsRecord told = Assert.Single(Of(watch, waiting.Pid));
        Assert.Equal((0u, User), (told.OldUid, told.NewUid));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static CredentialsRecord[] Of(KernelWatch watch, uint pid) =>
        [.. watch.Events.Credentials.Where(record => record.Header.Pid == pid)];
}
