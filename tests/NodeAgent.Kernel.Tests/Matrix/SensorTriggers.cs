// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests.Matrix;

/// <summary>What makes a sensor fire, and how to see that it did.</summary>
/// <param name="Workload">Shape: a program of tests/workloads.</param>
/// <param name="Arguments">Its arguments; <see cref="SensorTriggers.Scratch"/> becomes an empty folder.</param>
/// <param name="HasFired">Whether the events hold what the sensor has to report of it.</param>
internal sealed record SensorTrigger(string Workload, string[] Arguments, Func<CapturedEvents, Workload, bool> HasFired);

/// <summary>One trigger for each sensor of the catalog; a sensor without one fails the matrix.</summary>
internal static class SensorTriggers
{
    internal const string Scratch = "{scratch}";

    private static readonly Dictionary<string, SensorTrigger> BySensor = new()
    {
        ["cgroup"] = new("cgroup_move", [TestCgroup], (events, run) => events.Cgroups.Exists(change => change.Record.Header.CgroupId == run.Number("cgroup_id"))),
        ["process"] = new("exec_args", ["one"], (events, run) => events.Execs.Exists(exec => exec.Record.Header.Pid == run.Pid)),
        ["file"] = new("open_paths", [Scratch], (events, run) => events.Opens.Exists(open => open.Record.Header.Pid == run.Pid && open.Record.Error == 0)),
        ["tcp"] = new("tcp_pair", ["4"], (events, run) => events.Tcp.Exists(tcp => tcp.Header.Pid == run.PidOf("client_pid"))),
        ["udp"] = new("udp_pair", ["4", "connected"], (events, run) => events.Flows.Exists(flow => flow.Header.Pid == run.PidOf("client_pid"))),
        ["dns"] = new("dns_query", ["4"], (events, run) => events.Dns.Exists(dns => dns.Record.NetNs == run.Number("net_ns"))),
    };

    private static string TestCgroup =>
        Path.Combine(KernelRequirements.FindCgroupRoot() ?? "/sys/fs/cgroup", $"na-matrix-{Environment.ProcessId}");

    internal static SensorTrigger? Find(string sensor) => BySensor.GetValueOrDefault(sensor);
}
