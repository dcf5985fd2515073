// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class FileChangeTests : IDisposable
{
    private const uint NoEntry = 2;
    private const uint Exists = 17;
    private const uint NotDirectory = 20;
    private const uint Unchanged = uint.MaxValue;

    private readonly string _folder = Directory.CreateTempSubdirectory("na-change-").FullName;

    private sealed record Row(FileOperation Operation, string Path, string Other = "", string Name = "", uint Error = 0);

    [Fact]
    public void Change_EveryOperation_IsReportedOnceInOrder()
    {
        using KernelWatch watch = Start();
        Workload workload = watch.Run("file_changes", _folder);
        CapturedFileChange[] changes = ChangesOf(watch, workload);
        Row[] expected = [.. Names(), .. Attributes(workload), .. Failures(), .. Mounts()];
        Assert.Equal(expected, changes.Select(ToRow));
        Assert.All(changes, change => Assert.False(change.Record.RecordFlags.HasFlag(OpenRecordFlags.IoUring)));
    }

    [Fact]
    public void Change_Attributes_HaveTheNewValues()
    {
        using KernelWatch watch = Start();
        Workload workload = watch.Run("file_changes", _folder);
        FileChangeRecord[] records = [.. ChangesOf(watch, workload).Select(change => change.Record)];
        FileChangeRecord[] modes = [.. records.Where(record => record.Operation == FileOperation.Chmod)];
        FileChangeRecord[] owners = [.. records.Where(record => record.Operation == FileOperation.Chown)];
        FileChangeRecord[] sizes = [.. records.Where(record => record.Operation == FileOperation.Truncate)];
        Assert.Equal([(12u, 34u), (Unchanged, 56u)], owners.Select(record => (record.Uid, record.Gid)));
        Assert.Equal([1234ul, 0x123456789ul], sizes.Select(record => record.Size));
        Assert.Equal(0x8000u | 0x1a0, modes[1].Mode); // fchmod 0640: the object is at hand in every variant
        Assert.Equal(1ul, records.Last(record => record.Operation == FileOperation.Rename && record.Error == 0).CallFlags);
        Assert.Equal([6ul, 2ul], records.Where(record => record.Operation is FileOperation.Mount or FileOperation.Umount)
            .Select(record => record.CallFlags).TakeLast(2));
        Assert.All(records.Where(record => record.Operation != FileOperation.Chown), record => Assert.Equal((Unchanged, Unchanged), (record.Uid, record.Gid)));
    }

    [Fact]
    public void Change_KernelObjects_HaveTheirIdentity()
    {
        using KernelWatch watch = Start();
        Workload workload = watch.Run("file_changes", _folder);
        CapturedFileChange[] changes = ChangesOf(watch, workload);
        foreach (FileChangeRecord record in changes.Select(change => change.Record))
        {
            bool known = !record.RecordFlags.HasFlag(OpenRecordFlags.CallerPath);
            Assert.Equal(known, record.Inode != 0);
            Assert.Equal(known, record.Device != 0);
            Assert.Equal(known || record.Operation == FileOperation.Chmod, record.Mode != 0);
        }

        bool objects = watch.VariantOf("file_change") == "fentry";
        Assert.Equal(objects ? workload.Number("fifo_inode") : 0, changes[0].Record.Inode);
        Assert.Equal(objects ? workload.Number("folder_inode") : 0, changes[1].Record.Inode);
        FileChangeRecord owner = changes.Last(change => change.Record.Operation == FileOperation.Chown).Record;
        Assert.Equal(workload.Number("plain_inode"), owner.Inode);
        if (objects)
        {
            Assert.All(changes.Take(10), change => Assert.False(change.Record.RecordFlags.HasFlag(OpenRecordFlags.CallerPath)));
            Assert.Equal(0x1000u | 0x180, changes[0].Record.Mode);
            Assert.Equal(0x4000u | 0x1e8, changes[1].Record.Mode);
            Assert.All(changes.Where(change => Latin1(change.Path) == $"{_folder}/folder/moved" || Latin1(change.Path) == $"{_folder}/hard"),
                change => Assert.Equal(workload.Number("fifo_inode"), change.Record.Inode));
        }
    }

    [Fact]
    public void Change_Header_TellsTheProcess()
    {
        using KernelWatch watch = Start();
        Workload workload = watch.Run("file_changes", _folder);
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == workload.Pid);
        foreach (CapturedFileChange change in ChangesOf(watch, workload))
        {
            HeaderRecord header = change.Record.Header;
            Assert.Equal((EventKind.FileChange, HeaderFlags.None), (header.Kind, header.Flags));
            Assert.Equal((workload.Pid, workload.Pid, 0u, 0u), (header.Pid, header.Tid, header.Uid, header.Gid));
            Assert.Equal((fork.ChildStartTimeNs, fork.ChildCgroupId), (header.StartTimeNs, header.CgroupId));
            Assert.True(header.TimeNs > fork.Header.TimeNs);
            Assert.Equal(change.Path.Length + change.OtherPath.Length + change.Name.Length, (int)header.TailSize);
        }
    }

    [Fact]
    public void Change_ByTheAgent_IsNotReported()
    {
        using KernelWatch watch = Start();
        string own = Path.Combine(_folder, "own");
        File.WriteAllText(own, "x");
        File.Delete(own);
        watch.Run("exec_args");
        Assert.DoesNotContain(watch.Events.FileChanges, change => Latin1(change.Path) == own);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static KernelWatch Start() => KernelWatch.Start("process", "file_change");

    private static CapturedFileChange[] ChangesOf(KernelWatch watch, Workload workload) =>
        [.. watch.Events.FileChanges.Where(change => change.Record.Header.Pid == workload.Pid && ProcessTests.Comm(change.Record.Header) == "file_changes")];

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static Row ToRow(CapturedFileChange change) =>
        new(change.Record.Operation, Latin1(change.Path), Latin1(change.OtherPath), Latin1(change.Name), change.Record.Error);

    private IEnumerable<Row> Names()
    {
        string f = _folder;
        yield return new(FileOperation.Create, $"{f}/fifo");
        yield return new(FileOperation.Mkdir, $"{f}/folder");
        yield return new(FileOperation.Rename, $"{f}/folder/moved", $"{f}/fifo");
        yield return new(FileOperation.Link, $"{f}/hard", $"{f}/folder/moved");
        yield return new(FileOperation.Symlink, $"{f}/soft", "to/no\nwhere");
        yield return new(FileOperation.Rename, $"{f}/back", $"{f}/folder/moved");
        yield return new(FileOperation.Unlink, $"{f}/hard");
        yield return new(FileOperation.Unlink, $"{f}/soft");
        yield return new(FileOperation.Rmdir, $"{f}/folder");
        yield return new(FileOperation.Unlink, $"{f}/back");
    }

    private IEnumerable<Row> Attributes(Workload workload)
    {
        string plain = $"{_folder}/plain";
        yield return new(FileOperation.Chmod, plain);
        yield return new(FileOperation.Chmod, plain);
        yield return new(FileOperation.Chown, plain);
        yield return new(FileOperation.Chown, plain);
        yield return new(FileOperation.Truncate, plain);
        yield return new(FileOperation.Truncate, plain);
        if (workload.Number("xattr") == 1)
        {
            yield return new(FileOperation.SetXattr, plain, Name: "trusted.test");
            yield return new(FileOperation.SetXattr, plain, Name: "security.capability");
            yield return new(FileOperation.RemoveXattr, plain, Name: "trusted.test");
        }
        else
        {
            yield return new(FileOperation.SetXattr, plain, Name: "trusted.test", Error: uint.Parse(workload.Text("xattr_error"), CultureInfo.InvariantCulture));
        }
    }

    private IEnumerable<Row> Failures()
    {
        yield return new(FileOperation.Unlink, $"{_folder}/missing", Error: NoEntry);
        yield return new(FileOperation.Mkdir, _folder, Error: Exists);
        yield return new(FileOperation.Rename, $"{_folder}/other", $"{_folder}/missing", Error: NoEntry);
        yield return new(FileOperation.Rmdir, $"{_folder}/plain", Error: NotDirectory);
        yield return new(FileOperation.Unlink, $"{_folder}/plain");
    }

    private IEnumerable<Row> Mounts()
    {
        string mount = $"{_folder}/mount";
        yield return new(FileOperation.Mkdir, mount);
        yield return new(FileOperation.Mount, "/");
        yield return new(FileOperation.Mount, mount, "the source", "tmpfs");
        yield return new(FileOperation.Mkdir, $"{mount}/inside");
        yield return new(FileOperation.Umount, mount);
        yield return new(FileOperation.Rmdir, mount);
    }
}
