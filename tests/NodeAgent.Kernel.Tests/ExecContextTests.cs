// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>What an exec says about the surroundings: user, terminal, layers of an image, changed root.</summary>
public sealed class ExecContextTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("na-exec-").FullName;

    [Fact]
    public void Exec_AsAnotherUserOnATerminal_HasIdsCapabilitiesAndTty()
    {
        using KernelWatch watch = KernelWatch.Start("process");
        Workload workload = watch.Run("exec_as");
        ExecRecord record = Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.PidOf("child_pid")).Record;
        Assert.Equal((uint)workload.Number("uid"), record.Header.Uid);
        Assert.Equal((uint)workload.Number("gid"), record.Header.Gid);
        Assert.Equal((uint)workload.Number("uid"), record.EffectiveUid);
        Assert.Equal(0ul, record.Capabilities);
        Assert.Equal(workload.Number("tty_major") << 20 | workload.Number("tty_minor"), record.Tty);
        Assert.Equal(workload.Pid, record.ParentPid);
        ExecRecord parent = watch.Events.Execs.Single(exec => exec.Record.Header.Pid == workload.Pid).Record;
        Assert.Equal(parent.Header.StartTimeNs, record.ParentStartTimeNs);
        Assert.Equal(0u, parent.Tty);
    }

    [Fact]
    public void Exec_InAnOverlayRoot_HasPathsFromThereAndTheLayer()
    {
        using KernelWatch watch = KernelWatch.Start("process");
        Workload workload = watch.Run("exec_overlay", _folder);
        CapturedExec image = Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.PidOf("image_pid"));
        CapturedExec made = Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.PidOf("made_pid"));
        Assert.Equal(("/image/from-image", "/image"), (image.Exe, image.Cwd));
        Assert.Equal(("/made-here", "/image"), (made.Exe, made.Cwd));
        Assert.Equal(ExecFlags.None, image.Record.Flags);
        Assert.Equal(ExecFlags.UpperLayer, made.Record.Flags);
        Assert.NotEqual(0u, image.Record.MountNs);
        Assert.Equal(image.Record.MountNs, made.Record.MountNs);
        ExecRecord outside = watch.Events.Execs.Single(exec => exec.Record.Header.Pid == workload.Pid).Record;
        Assert.NotEqual(outside.MountNs, image.Record.MountNs);
    }

    [Fact]
    public void Open_InAnOverlayRoot_HasPathsFromThereAndTheLayer()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("exec_overlay", _folder);
        (string Path, OpenRecordFlags Flags)[] opens = [.. watch.Events.Opens
            .Where(open => open.Record.Header.Pid == workload.Pid && ProcessTests.Comm(open.Record.Header) == "exec_overlay")
            .Select(open => (System.Text.Encoding.Latin1.GetString(open.Path), open.Record.RecordFlags))];
        Assert.Equal(("/image/from-image", OpenRecordFlags.None), opens[^2]);
        Assert.Equal(("/made-here", OpenRecordFlags.UpperLayer | OpenRecordFlags.Created), opens[^1]);
    }

    [Fact]
    public void Open_ThroughThe32BitInterface_IsReportedAsOne()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_compat");
        Assert.SkipWhen(workload.Number("compat") == 0, "this kernel has no 32-bit system calls");
        CapturedOpen open = Assert.Single(watch.Events.Opens, open =>
            open.Record.Header.Pid == workload.Pid && ProcessTests.Comm(open.Record.Header) == "open_compat");
        Assert.Equal("/dev/null"u8, open.Path);
        Assert.Equal(1u, open.Record.Flags & 0xff);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
