// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
using NodeAgent.Interop.Platform;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class SeenTests : IDisposable
{
    private const string Marks = "/no-such-mark/";

    private readonly string _folder = Directory.CreateTempSubdirectory("na-seen-").FullName;

    // Each step opens everything three times; what a step lists is new to the filter, and nothing else is told.
    private static readonly (string Step, string[] Opens)[] Expected =
    [
        ("plain", ["plain", "plain"]),
        ("flags", ["plain"]),
        ("again", []),
        ("hard link", ["hard"]),
        ("rename", ["renamed"]),
        ("symlink", ["target", "target"]),
        ("folder", ["folder/file", "folder/file"]),
        ("renamed folder", ["moved/file"]),
        ("bind mount", ["bound/file"]),
        ("chmod", ["moved/file"]),
        ("replaced", ["replaced", "replaced", "replaced", "replaced"]),
        ("replaced on tmpfs", ["memory/replaced", "memory/replaced", "memory/replaced", "memory/replaced"]),
        ("deleted", ["deleted", "deleted", "deleted"]),
        ("overlay", ["lower/file", "merged/file"]),
        ("copied up", ["merged/file", "merged/file"]),
        ("replaced on overlay", ["merged/replaced", "merged/replaced", "merged/replaced", "merged/replaced"]),
        ("missing", ["missing"]),
        ("missing elsewhere", ["missing"]),
        ("not a folder", ["target/missing"]),
        ("missing, to write", ["missing"]),
        ("other program", ["{self}", "copy", "target"]),
        ("same program", ["renamed"]),
        ("other user", ["renamed"]),
        ("other name", ["renamed"]),
    ];

    [Fact]
    public void Open_EachWayThrice_TellsWhatIsNewAndNothingElse()
    {
        using KernelWatch watch = Start();
        Workload workload = watch.Run("seen_opens", _folder);
        Dictionary<string, List<CapturedOpen>> steps = Steps(watch, workload);
        Assert.Equal(
            Expected.Select(step => $"{step.Step}: {string.Join(", ", step.Opens)}"),
            Expected.Select(step => $"{step.Step}: {string.Join(", ", steps[step.Step].Select(Name))}"));
    }

    [Fact]
    [Trait("Level", "Flood")]
    public void Open_AMillionNamesInAnotherContainer_LeavesThisOnesEntries()
    {
        const int Kept = 200;
        using var quiet = new TestCgroup();
        using var busy = new TestCgroup();
        using KernelWatch watch = Start();
        Workload workload = watch.Run("seen_crowd", quiet.Path, busy.Path, $"{Kept}", "1000000");
        ulong quietId = workload.Number("quiet_id");
        Assert.Equal(Kept, watch.Events.Opens.Count(open => open.Record.Header.CgroupId == quietId && Name(open).Contains("kept-", StringComparison.Ordinal)));
        ulong lost = watch.Source.ReadLosses().Where(loss => loss.Kind == EventKind.Open).Aggregate(0ul, (sum, loss) => sum + loss.Count);
        ulong told = (ulong)watch.Events.Opens.Count(open => Name(open).Contains("churn-", StringComparison.Ordinal));
        Assert.InRange(told + lost, 1_000_000ul, 1_000_016ul);
    }

    [Fact]
    public void Forget_OneContainer_TellsItsThingsOnceMore()
    {
        using var quiet = new TestCgroup();
        using var busy = new TestCgroup();
        using KernelWatch watch = Start();
        Workload workload = watch.Run("seen_crowd", quiet.Path, busy.Path, "20", "1");
        ulong quietId = workload.Number("quiet_id");
        Assert.Equal(20, Kept(watch, quietId));
        watch.Run("seen_crowd", quiet.Path, busy.Path, "20", "1");
        Assert.Equal(20, Kept(watch, quietId));
        watch.Source.Filter.Forget(quietId);
        watch.Run("seen_crowd", quiet.Path, busy.Path, "20", "1");
        Assert.Equal(40, Kept(watch, quietId));
        watch.Source.Filter.ForgetAll();
        watch.Run("seen_crowd", quiet.Path, busy.Path, "20", "1");
        Assert.Equal(60, Kept(watch, quietId));
        watch.Source.Filter.TellAlways(quietId, EventKind.Open);
        watch.Run("seen_crowd", quiet.Path, busy.Path, "20", "1");
        Assert.Equal(100, Kept(watch, quietId));
        watch.Source.Filter.TellAlways(quietId);
        watch.Run("seen_crowd", quiet.Path, busy.Path, "20", "1");
        Assert.Equal(100, Kept(watch, quietId));
    }

    [Fact]
    public void Open_LostRecord_IsToldTheNextTime()
    {
        var options = new BpfOptions { ShardRingBytes = 1 << 12 };
        options.Filter.FilteredKinds.Add(EventKind.Open);
        using var quiet = new TestCgroup();
        using var busy = new TestCgroup();
        using KernelWatch watch = KernelWatch.Start(options, "process", "file", "cgroup");
        Workload workload = Workload.Start("seen_crowd", quiet.Path, busy.Path, "500", "1");
        workload.RequireSuccess(); // nothing was read: most of it was lost, and twice
        watch.Finish(workload);
        ulong quietId = workload.Number("quiet_id");
        Assert.InRange(Kept(watch, quietId), 1, 499);
        int names = 0;
        for (int round = 0; round < 100 && names < 500; round++)
        {
            watch.Run("seen_crowd", quiet.Path, busy.Path, "500", "1");
            names = watch.Events.Opens.Select(Name).Where(name => name.Contains("kept-", StringComparison.Ordinal)).Distinct().Count();
        }

        Assert.Equal(500, names);
        Assert.Equal(500, Kept(watch, quietId));
    }

    [Fact]
    public void Open_StillHappening_IsToldAgainWithItsCount()
    {
        using var quiet = new TestCgroup();
        using var busy = new TestCgroup();
        using KernelWatch watch = Start(TimeSpan.FromSeconds(1));
        int runs = 0;
        CapturedOpen? repeated = null;
        while (repeated is null && runs++ < 1000)
        {
            ulong quietId = watch.Run("seen_crowd", quiet.Path, busy.Path, "1", "1").Number("quiet_id");
            repeated = watch.Events.Opens.FirstOrDefault(open =>
                open.Record.Header.CgroupId == quietId && Name(open).Contains("kept-0", StringComparison.Ordinal) && open.Repeats > 0);
        }

        Assert.NotNull(repeated);
        Assert.Equal(HeaderFlags.Repeated, repeated.Record.Header.Flags & ~HeaderFlags.Entrant); // it moved itself
        // Two opens a run, the first of all made the entry; the one that tells is either of the last run.
        Assert.InRange(repeated.Repeats, (ulong)(2 * runs) - 2, (ulong)(2 * runs) - 1);
        Assert.EndsWith("/kept-0", Name(repeated), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WatchedFile_EachThatMayWriteIsTold()
    {
        const int Times = 5;
        string file = Path.Combine(_folder, "watched");
        File.WriteAllText(file, "x");
        using RootDirectory root = RootDirectory.Open(_folder);
        Assert.Equal(0, root.TryGetFacts("watched", follow: false, out FileFacts facts));
        using KernelWatch watch = Start(watchedFiles: 1);
        Assert.True(watch.Source.WatchedFiles.TryAdd(facts.Inode, facts.KernelDevice));
        Assert.False(watch.Source.WatchedFiles.TryAdd(facts.Inode + 1, facts.KernelDevice));

        watch.Run("seen_writes", file, $"{Times}");
        Assert.Equal((Times, Times, 1), Told(watch, facts));
        watch.Source.WatchedFiles.Remove(facts.Inode, facts.KernelDevice);
        watch.Run("seen_writes", file, $"{Times}");
        Assert.Equal((Times + 1, Times + 1, 1), Told(watch, facts));
    }

    // To write, to empty, to read.
    private static (int, int, int) Told(KernelWatch watch, FileFacts file)
    {
        OpenRecord[] opens = [.. watch.Events.Opens.Select(open => open.Record).Where(record => record.Inode == file.Inode && record.Device == file.KernelDevice)];
        return (opens.Count(open => (open.Flags & 3) != 0), opens.Count(open => (open.Flags & 0x200) != 0), opens.Count(open => (open.Flags & 0x203) == 0));
    }

    private int Kept(KernelWatch watch, ulong cgroupId) =>
        watch.Events.Opens.Count(open => open.Record.Header.CgroupId == cgroupId && Name(open).Contains("kept-", StringComparison.Ordinal));

    private static KernelWatch Start(TimeSpan? repeatAfter = null, int watchedFiles = 0)
    {
        var options = new BpfOptions();
        options.Filter.WatchedFiles = watchedFiles;
        options.Filter.FilteredKinds.Add(EventKind.Open);
        options.Filter.RepeatAfter = repeatAfter ?? TimeSpan.Zero;
        return KernelWatch.Start(options, "process", "file", "cgroup");
    }

    private string Name(CapturedOpen open)
    {
        string path = Encoding.Latin1.GetString(open.Path);
        return path.StartsWith(_folder + "/", StringComparison.Ordinal) ? path[(_folder.Length + 1)..] : path.Replace(Workload.PathOf("seen_opens"), "{self}", StringComparison.Ordinal);
    }

    private Dictionary<string, List<CapturedOpen>> Steps(KernelWatch watch, Workload workload)
    {
        var steps = new Dictionary<string, List<CapturedOpen>>();
        List<CapturedOpen>? step = null;
        HashSet<uint> family = [workload.Pid, .. watch.Events.Forks.Where(fork => fork.Header.Pid == workload.Pid).Select(fork => fork.ChildPid)];
        foreach (CapturedOpen open in watch.Events.Opens.Where(open => family.Contains(open.Record.Header.Pid)))
        {
            string name = Name(open);
            if (name.StartsWith(Marks, StringComparison.Ordinal))
            {
                steps.Add(name[Marks.Length..], step = []);
            }
            else
            {
                step?.Add(open);
            }
        }

        return steps;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
