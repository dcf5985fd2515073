// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>Opens of which the caller's string says little, or something else.</summary>
public sealed class FileObjectTests : IDisposable
{
    private const uint ReadOnly = 0;
    private const uint WriteOnly = 1;
    private const uint ReadWrite = 2;
    private const uint Create = 0x40;
    private const uint Exclusive = 0x80;
    private const uint Synchronous = 0x101000;
    private const uint NoAccessTime = 0x40000;
    private const uint CloseOnExec = 0x80000;
    private const uint PathOnly = 0x200000;
    private const uint NoEntry = 2;
    private const int RaceCount = 3000;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly uint DirectoryOnly = IsArm ? 0x4000u : 0x10000u;
    private static readonly uint NoFollow = IsArm ? 0x8000u : 0x20000u;
    private static readonly uint Temporary = 0x400000 | DirectoryOnly;

    private readonly string _folder = Directory.CreateTempSubdirectory("na-object-").FullName;

    private sealed record Row(string Path, uint Flags, OpenRecordFlags RecordFlags = OpenRecordFlags.None, string Caller = "", uint Error = 0);

    [Fact]
    public void Open_OtherThanByItsName_ReportsTheObjectAndTheString()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_objects", _folder);
        CapturedOpen[] opens = OpensOf(watch, workload);
        bool direct = watch.VariantOf("file") == "fentry";
        Row[] expected = [.. Names(), .. Nameless(opens), .. Handles(workload), .. Requests(workload, direct)];
        Assert.Equal(expected, opens.Select(ToRow));
        Assert.All(opens.Where(open => Latin1(open.Path) == $"{_folder}/plain"),
            open => Assert.Equal(workload.Number("plain_inode"), open.Record.Inode));
    }

    [Fact]
    public void Open_StringRewrittenMeanwhile_PathIsTheFileThatWasOpened()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_races", _folder, $"{RaceCount}");
        CapturedOpen[] opens = [.. OpensOf(watch, workload).Where(open => open.Record.Flags == (ReadOnly | NoFollow))];
        Assert.Equal(RaceCount, opens.Length);
        foreach (CapturedOpen open in opens.Where(open => !open.Record.RecordFlags.HasFlag(OpenRecordFlags.CallerPath)))
        {
            string name = Latin1(open.Path)[(_folder.Length + 1)..];
            Assert.Equal(workload.Number(name), open.Record.Inode);
            Assert.Equal(open.CallerPath.Length > 0, open.Record.RecordFlags.HasFlag(OpenRecordFlags.Disagrees));
            Assert.NotEqual(name, Latin1(open.CallerPath));
        }
    }

    [Fact]
    public void Open_FolderRenamedMeanwhile_PathIsOldOrNew()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_races", _folder, $"{RaceCount}");
        CapturedOpen[] opens = [.. OpensOf(watch, workload).Where(open =>
            open.Record.Flags == (ReadOnly | NoAccessTime) && open.Record.Error == 0)];
        Assert.Equal(RaceCount, opens.Length);
        Assert.All(opens, open => Assert.Equal(workload.Number("file"), open.Record.Inode));
        Assert.All(opens, open => Assert.Contains(Latin1(open.Path), (IEnumerable<string>)[$"{_folder}/left/file", $"{_folder}/right/file"]));
    }

    [Fact]
    public void Open_DescriptorReplacedMeanwhile_LosesNoEvent()
    {
        using KernelWatch watch = KernelWatch.Start("process", "file");
        Workload workload = watch.Run("open_races", _folder, $"{RaceCount}");
        CapturedOpen[] opens = [.. OpensOf(watch, workload).Where(open => open.Record.Flags == (ReadOnly | Synchronous))];
        Assert.Equal(RaceCount, opens.Length);
        string[] possible = watch.VariantOf("file") == "fentry" ? [$"{_folder}/good"] : [$"{_folder}/good", "/dev/null", "good"];
        Assert.All(opens, open => Assert.Contains(Latin1(open.Path), possible));
        Assert.All(opens, open => Assert.Equal(Latin1(open.Path) == "good", open.Record.RecordFlags.HasFlag(OpenRecordFlags.CallerPath)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    // Threads of io_uring work in the process under names of their own.
    private static CapturedOpen[] OpensOf(KernelWatch watch, Workload workload) =>
        [.. watch.Events.Opens.Where(open => open.Record.Header.Pid == workload.Pid
            && (ProcessTests.Comm(open.Record.Header) == workload.Name
                || ProcessTests.Comm(open.Record.Header).StartsWith("iou-", StringComparison.Ordinal)))];

    private static Row ToRow(CapturedOpen open)
    {
        string caller = Latin1(open.CallerPath);
        return new(Latin1(open.Path), open.Record.Flags, open.Record.RecordFlags & ~OpenRecordFlags.UpperLayer,
            caller.StartsWith("/proc/self/fd/", StringComparison.Ordinal) ? "descriptor" : caller, open.Record.Error);
    }

    private IEnumerable<Row> Names()
    {
        yield return new($"{_folder}/plain", Create | ReadWrite, OpenRecordFlags.Created);
        yield return new($"{_folder}/sub", DirectoryOnly | PathOnly | CloseOnExec);
        yield return new($"{_folder}/plain", ReadOnly, OpenRecordFlags.Disagrees, $"{_folder}/link");
        yield return new($"{_folder}/plain", ReadOnly);
        yield return new($"{_folder}/plain", ReadOnly);
        yield return new($"{_folder}/sub/new", WriteOnly | Create | Exclusive, OpenRecordFlags.Created);
        yield return new($"{_folder}/sub/new", WriteOnly | Create);
    }

    private static IEnumerable<Row> Nameless(CapturedOpen[] opens)
    {
        yield return new("memfd:secret", ReadWrite, OpenRecordFlags.Memfd | OpenRecordFlags.Deleted | OpenRecordFlags.Disagrees, "descriptor");
        yield return new("unnamed:", ReadOnly, OpenRecordFlags.Disagrees, "descriptor");
        CapturedOpen temporary = opens.Single(open => open.Record.Flags == (ReadWrite | Temporary));
        yield return new(Latin1(temporary.Path), ReadWrite | Temporary, OpenRecordFlags.Created | OpenRecordFlags.Deleted);
    }

    private IEnumerable<Row> Handles(Workload workload)
    {
        yield return new(_folder, DirectoryOnly);
        if (workload.Number("handle") == 1)
        {
            yield return new($"{_folder}/plain", ReadOnly);
        }

        yield return new(string.Empty, ReadWrite, OpenRecordFlags.CallerPath, Error: (uint)workload.Number("handle_error"));
    }

    private IEnumerable<Row> Requests(Workload workload, bool direct)
    {
        const OpenRecordFlags Ring = OpenRecordFlags.IoUring;
        if (workload.Number("uring") == 0)
        {
            yield break;
        }

        yield return new($"{_folder}/plain", ReadWrite, Ring);
        yield return new($"{_folder}/by_uring", WriteOnly | Create, Ring | OpenRecordFlags.Created);
        yield return new("missing", ReadOnly, Ring | OpenRecordFlags.CallerPath, Error: NoEntry);
        yield return new($"{_folder}/plain", ReadOnly, Ring);
        yield return new($"{_folder}/plain", WriteOnly, Ring);
        // Without a completion only the hook inside the kernel sees the object.
        yield return direct ? new($"{_folder}/plain", ReadOnly, Ring) : new("plain", ReadOnly, Ring | OpenRecordFlags.CallerPath);
    }
}
