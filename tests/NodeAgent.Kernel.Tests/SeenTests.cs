// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Wire;
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

    private static KernelWatch Start(TimeSpan? repeatAfter = null)
    {
        var options = new BpfOptions();
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
