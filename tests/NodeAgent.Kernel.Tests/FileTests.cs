// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class FileTests : IDisposable
{
    private const uint ReadOnly = 0;
    private const uint WriteOnly = 1;
    private const uint ReadWrite = 2;
    private const uint Create = 0x40;
    private const uint Truncate = 0x200;
    private const uint NonBlocking = 0x800;
    private const uint CloseOnExec = 0x80000;
    private const uint NoEntry = 2;
    private const uint NameTooLong = 36;
    private const int PathMax = 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("na-open-").FullName;

    [Fact]
    public void Open_AllNamesAndCalls_ReportsEachOnceInOrder()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_paths", _folder);
        CapturedOpen[] opens = [.. watch.Events.Opens.Where(open => open.Record.Header.Pid == workload.Pid && IsWorkload(open))];
        (string Path, uint Flags)[] expected = [.. ExpectedOpens()];
        // A string too long fails before there is an open: only the hook on the whole call sees it.
        bool wholeCall = watch.VariantOf("file") == "tracepoint";
        Assert.Equal(expected.Length + (wholeCall ? 3 : 2), opens.Length);
        Assert.Equal(expected, opens.Take(expected.Length).Select(open => (Text(open), open.Record.Flags)));
        AssertLongPaths(workload, opens[expected.Length], opens[expected.Length + 1]);
        if (wholeCall)
        {
            AssertTooLong(opens[^1]);
        }

        foreach (CapturedOpen open in opens.Where(open => open.Record.Error == 0))
        {
            Assert.NotEqual(0ul, open.Record.Inode);
            Assert.NotEqual(0u, open.Record.Mode);
            Assert.False(open.Record.RecordFlags.HasFlag(OpenRecordFlags.CallerPath));
        }
    }

    [Fact]
    public void Open_PlainFile_HasEveryField()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_paths", _folder);
        CapturedOpen open = watch.Events.Opens.First(open => open.Record.Header.Pid == workload.Pid && IsWorkload(open));
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == workload.Pid);
        OpenRecord record = open.Record;
        Assert.Equal(EventKind.Open, record.Header.Kind);
        Assert.Equal(HeaderFlags.None, record.Header.Flags);
        Assert.Equal(workload.Number("plain_inode"), record.Inode);
        Assert.Equal(KernelDevice(workload.Number("plain_device")), record.Device);
        Assert.Equal(workload.Number("plain_mode"), record.Mode);
        Assert.Equal(0u, record.Error);
        Assert.Equal(OpenRecordFlags.Created, record.RecordFlags & ~OpenRecordFlags.UpperLayer);
        Assert.Equal((workload.Pid, workload.Pid), (record.Header.Pid, record.Header.Tid));
        Assert.Equal((0u, 0u), (record.Header.Uid, record.Header.Gid));
        Assert.Equal(fork.ChildStartTimeNs, record.Header.StartTimeNs);
        Assert.Equal(fork.ChildCgroupId, record.Header.CgroupId);
        Assert.True(record.Header.TimeNs > fork.Header.TimeNs);
        Assert.True(record.Header.TailSize - record.Path.Length < 8, "the tail holds more than the path and its alignment");
    }

    [Fact]
    public void Open_Missing_HasTheCallersPathAndTheError()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_paths", _folder);
        OpenRecord record = Assert.Single(watch.Events.Opens, open =>
            open.Record.Header.Pid == workload.Pid && Text(open) == "missing").Record;
        Assert.Equal(NoEntry, record.Error);
        Assert.Equal(OpenRecordFlags.CallerPath, record.RecordFlags);
        Assert.Equal((0ul, 0u, 0u), (record.Inode, record.Device, record.Mode));
    }

    [Fact]
    public void Open_FileWithoutLinks_SaysDeleted()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_paths", _folder);
        CapturedOpen open = Assert.Single(watch.Events.Opens, open =>
            open.Record.Header.Pid == workload.Pid && open.Record.RecordFlags.HasFlag(OpenRecordFlags.Deleted));
        Assert.Equal($"{_folder}/plain", Text(open));
        Assert.Equal(workload.Number("plain_inode"), open.Record.Inode);
    }

    [Fact]
    public void Open_ByTheAgent_IsNotReported()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        string own = Path.Combine(_folder, "own");
        File.WriteAllText(own, "x");
        watch.Run("exec_args");
        Assert.DoesNotContain(watch.Events.Opens, open => open.Record.Header.Pid == (uint)Environment.ProcessId);
        Assert.DoesNotContain(watch.Events.Opens, open => Text(open) == own);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static bool IsWorkload(CapturedOpen open) => ProcessTests.Comm(open.Record.Header) == "open_paths";

    private static string Text(CapturedOpen open) => Encoding.Latin1.GetString(open.Path);

    private static uint KernelDevice(ulong device)
    {
        ulong major = device >> 8 & 0xfff;
        ulong minor = (device & 0xff) | (device >> 12 & 0xfff00);
        return (uint)(major << 20 | minor);
    }

    private IEnumerable<(string Path, uint Flags)> ExpectedOpens()
    {
        uint directory = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000u : 0x10000u;
        yield return ($"{_folder}/plain", Create | ReadWrite);
        yield return (Path.GetDirectoryName(_folder)!, directory);
        yield return ($"{_folder}/plain", ReadOnly); // through a symbolic link
        yield return ($"{_folder}/plain", ReadWrite | CloseOnExec); // openat2
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            yield return ($"{_folder}/plain", NonBlocking); // open
            yield return ($"{_folder}/created", WriteOnly | Create | Truncate); // creat
        }

        yield return ("missing", ReadOnly);
        foreach (string name in new[] { "new\nline", "invalid-\u00ff\u00fe-utf8", "control-\u0001\u001b[31m" })
        {
            yield return ($"{_folder}/{name}", WriteOnly | Create | Truncate);
            yield return ($"{_folder}/{name}", ReadOnly);
        }

        yield return ($"{_folder}/plain", ReadOnly);
        yield return ($"{_folder}/plain", ReadOnly); // deleted by then
    }

    private void AssertLongPaths(Workload workload, CapturedOpen longest, CapturedOpen deeper)
    {
        Assert.Equal(PathMax - 1, longest.Path.Length);
        Assert.StartsWith($"{_folder}/nnn", Text(longest), StringComparison.Ordinal);
        Assert.EndsWith("fff", Text(longest), StringComparison.Ordinal);
        Assert.False(longest.Record.RecordFlags.HasFlag(OpenRecordFlags.PathTruncated));

        Assert.InRange(deeper.Path.Length, PathMax - 256, PathMax);
        Assert.StartsWith("/deeper-", Text(deeper), StringComparison.Ordinal);
        Assert.EndsWith("-in-one-string/bottom", Text(deeper), StringComparison.Ordinal);
        Assert.True(deeper.Record.RecordFlags.HasFlag(OpenRecordFlags.PathTruncated));
        Assert.Equal((workload.Number("deeper_inode"), KernelDevice(workload.Number("plain_device"))), (deeper.Record.Inode, deeper.Record.Device));
    }

    private static void AssertTooLong(CapturedOpen tooLong)
    {
        Assert.Equal(NameTooLong, tooLong.Record.Error);
        Assert.Equal(new string('x', PathMax - 1), Text(tooLong));
        Assert.Equal(OpenRecordFlags.CallerPath | OpenRecordFlags.PathTruncated, tooLong.Record.RecordFlags);
    }
}
