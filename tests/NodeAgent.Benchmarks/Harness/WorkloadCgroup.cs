// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>
/// A cgroup of its own for processes: the agent takes what runs in it for one workload. Disposed of by who made it, which kills what is left
/// in it.
/// </summary>
internal sealed class WorkloadCgroup : IAsyncDisposable
{
    // The process that enters is the one that becomes the program; so nothing of the workload was ever outside.
    private const string Enter = "echo $$ >\"$0/cgroup.procs\" && exec \"$@\"";
    private static readonly TimeSpan EmptyLimit = TimeSpan.FromSeconds(10);
    private static int _count;
    private readonly string _path;

    public WorkloadCgroup(string name)
    {
        string root = KernelRequirements.FindCgroupRoot() ?? throw new InvalidOperationException("no cgroup2 tree is mounted");
        _path = Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"na-bench-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}-{name}"));
        Directory.CreateDirectory(_path);
    }

    /// <summary>What has to be started so that a program runs in the cgroup.</summary>
    public ProcessStartInfo Command(string program, params string[] arguments) => new("/bin/sh", ["-c", Enter, _path, program, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        long start = Stopwatch.GetTimestamp();
        while (await File.ReadAllLinesAsync(Path.Combine(_path, "cgroup.procs")).ConfigureAwait(false) is { Length: > 0 } pids)
        {
            foreach (string pid in pids)
            {
                await ToolProcess.SignalAsync(int.Parse(pid, CultureInfo.InvariantCulture), "KILL").ConfigureAwait(false);
            }

            if (Stopwatch.GetElapsedTime(start) > EmptyLimit)
            {
                throw new InvalidOperationException($"{_path} did not become empty within {EmptyLimit}");
            }

            await Task.Delay(20).ConfigureAwait(false);
        }

        Directory.Delete(_path);
    }
}
