// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using NodeAgent.Events.Syscalls;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;
using NodeAgent.TestSupport.Runc;

namespace NodeAgent.Kernel.Tests;

/// <summary>Who comes into a cgroup from outside is no part of it before it executes something there.</summary>
public sealed class EntrantTests
{
    private const string Mark = "na-entrant";
    private const uint SysAdmin = 21;

    private readonly string _before = $"/tmp/{Mark}-before-{Environment.ProcessId}";
    private readonly string _after = $"/tmp/{Mark}-after-{Environment.ProcessId}";

    [Fact]
    public async Task Runtime_SettingAContainerUp_IsNoPartOfIt()
    {
        Assert.SkipWhen(RuncPods.Missing is not null, RuncPods.Missing ?? string.Empty);
        using KernelWatch watch = KernelWatch.Start("process", "cgroup", "file", "capability", "syscalls");
        watch.Source.Syscalls.SetAttached(true);
        await using var pods = new RuncPods(Workload.PathOf("short_life"));
        Task running = pods.RunAsync(1, Mark, "3", "20");
        watch.WaitUntil(() => running.IsCompleted, "end of the container");
        await running;
        CapturedEvents events = watch.Events;
        watch.WaitUntil(() => events.Cgroups.Any(cgroup => cgroup.Record.Header.Kind == EventKind.CgroupRmdir && IsTheContainer(cgroup)), "removal of its cgroup");
        ulong id = events.Cgroups.First(IsTheContainer).Record.Header.CgroupId;

        // Where the machine is slow the runtime is in the cgroup before it executes a copy of itself.
        Assert.Equal(HeaderFlags.None, Assert.Single(events.Execs, exec => exec.Record.Header.CgroupId == id && (exec.Record.Header.Flags & HeaderFlags.Entrant) == 0).Record.Header.Flags);
        Assert.All(events.Opens.Where(open => open.Record.Header.CgroupId == id && !IsBeforeTheHook(events, open)), open =>
            Assert.Equal(!Text(open).Contains(Mark, StringComparison.Ordinal), (open.Record.Header.Flags & HeaderFlags.Entrant) != 0));
        Assert.Contains(events.Opens, open => open.Record.Header.CgroupId == id && (open.Record.Header.Flags & HeaderFlags.Entrant) != 0);
        Assert.DoesNotContain(events.Capabilities, record => record.Header.CgroupId == id && record.Capability == SysAdmin && record.Granted != 0);
        string[] calls = [.. events.Syscalls.Where(record => record.Header.CgroupId == id).Select(record => SyscallNames.Of(SyscallNames.Native, (int)record.Number))];
        Assert.Empty(new[] { "unlink", "openat", "exit_group" }.Except(calls));
        Assert.Empty(calls.Intersect(["mount", "pivot_root", "umount2", "mknodat", "unshare", "setns", "capset"]));
    }

    [Fact]
    public void Process_ThatMovesItself_IsAnEntrantUntilItExecutes()
    {
        using var cgroup = new TestCgroup();
        (HeaderFlags before, HeaderFlags after) = Move(cgroup);
        Assert.Equal((HeaderFlags.Entrant, HeaderFlags.None), (before, after));
    }

    [Fact]
    public void Process_ThatMovesItselfInsideOfAPidNamespace_IsOverlookedAtNoTime()
    {
        using var cgroup = new TestCgroup();
        (HeaderFlags before, HeaderFlags after) = Move(cgroup, "unshare", "--pid", "--fork");
        Assert.Equal((HeaderFlags.None, HeaderFlags.None), (before, after));
    }

    [Fact]
    public void Process_ThatExecutesItselfByName_IsNoEntrantAnyMore()
    {
        using var cgroup = new TestCgroup();
        string again = $": <{_before}; exec cat {_after}";
        (HeaderFlags before, HeaderFlags after) = Run("sh", "-c", $"echo $$ >{cgroup.Path}/cgroup.procs; exec sh -c '{again}'");
        Assert.Equal((HeaderFlags.None, HeaderFlags.None), (before, after));
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("mount")]
    public void Process_ThatExecutesACopyOfItself_IsAnEntrantUntilItExecutesAnother(string way)
    {
        using var cgroup = new TestCgroup();
        (HeaderFlags before, HeaderFlags after) = Run(Workload.PathOf("enter_again"), way, $"{cgroup.Path}/cgroup.procs", _before, _after);
        Assert.Equal((HeaderFlags.Entrant, HeaderFlags.None), (before, after));
    }

    private (HeaderFlags Before, HeaderFlags After) Move(TestCgroup cgroup, params string[] below) =>
        Run([.. below, "sh", "-c", $"echo $$ >{cgroup.Path}/cgroup.procs; : <{_before}; exec cat {_after}"]);

    // Opens one file by itself and then another one by what it executes.
    private (HeaderFlags Before, HeaderFlags After) Run(params string[] command)
    {
        File.WriteAllText(_before, string.Empty);
        File.WriteAllText(_after, string.Empty);
        try
        {
            using KernelWatch watch = KernelWatch.Start("process", "cgroup", "file");
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]))!;
            watch.WaitUntil(() => watch.Events.Exits.Any(exit => exit.Header.Pid == process.Id), "its end");
            Assert.True(process.WaitForExit(KernelWatch.Deadline));
            return (FlagsOf(watch, _before), FlagsOf(watch, _after));
        }
        finally
        {
            File.Delete(_before);
            File.Delete(_after);
        }
    }

    private static HeaderFlags FlagsOf(KernelWatch watch, string path) =>
        Assert.Single(watch.Events.Opens, open => Text(open) == path && open.Record.Error == 0).Record.Header.Flags;

    private static bool IsTheContainer(CapturedCgroup cgroup) => cgroup.Path.EndsWith(RuncPods.ContainerId(1), StringComparison.Ordinal);

    // Between a move and the hook that tells of it nobody can know: milliseconds in an emulated machine.
    private static bool IsBeforeTheHook(CapturedEvents events, CapturedOpen open) => events.Cgroups.Any(cgroup =>
        cgroup.Record.Header.Kind == EventKind.CgroupAttach && IsTheContainer(cgroup)
        && cgroup.Record.AttachedPid == open.Record.Header.Pid && cgroup.Record.Header.TimeNs > open.Record.Header.TimeNs);

    private static string Text(CapturedOpen open) => Encoding.Latin1.GetString(open.Path);
}
