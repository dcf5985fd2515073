// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class ExecFailedTests : IDisposable
{
    private const int LongestPath = 4095;
    private readonly string _folder = Directory.CreateTempSubdirectory("na-fail-").FullName;

    [Fact]
    public void ExecFailed_EachReason_HasErrnoAndTheCallersString()
    {
        using KernelWatch watch = KernelWatch.Start("process", "process_calls");
        Workload workload = watch.Run("exec_fail", _folder);
        CapturedExecFailed[] failed = [.. watch.Events.ExecsFailed.Where(exec => exec.Record.Header.Pid == workload.Pid)];
        (string Reason, string Path, ExecFlags Flags)[] expected =
        [
            ("missing", "/nowhere/\x01\xff program", ExecFlags.None),
            ("right", "./no-right", ExecFlags.None),
            ("format", "no-format", ExecFlags.None),
            ("interpreter", "no-interpreter", ExecFlags.None),
            ("large", "/proc/self/exe", ExecFlags.None),
            ("long", new string('b', LongestPath), ExecFlags.PathTruncated),
            ("fault", string.Empty, ExecFlags.None),
            ("folder", string.Empty, ExecFlags.EmptyPath),
        ];
        Assert.Equal(
            expected.Select(call => ((uint)workload.Number(call.Reason), call.Path, call.Flags)),
            failed.Select(exec => (exec.Record.Error, Encoding.Latin1.GetString(exec.Path), exec.Record.Flags)));
        Assert.Equal([2u, 13, 8, 2, 7, 36, 14, 13], failed.Select(exec => exec.Record.Error));
        Assert.All(failed, exec => Assert.Equal("exec_fail", ProcessTests.Comm(exec.Record.Header)));
        Assert.Single(watch.Events.Execs, exec => exec.Record.Header.Pid == workload.Pid);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
