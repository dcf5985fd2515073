// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests.Matrix;

/// <summary>What makes a sensor fire, and how to see that it did.</summary>
/// <param name="Workload">Shape: a program of tests/workloads.</param>
/// <param name="Arguments">Its arguments; <c>{scratch}</c> becomes an empty folder, <c>{cgroup}</c> a new cgroup's.</param>
/// <param name="HasFired">Whether the events hold what the sensor has to report of it.</param>
internal sealed record SensorTrigger(string Workload, string[] Arguments, Func<CapturedEvents, Workload, bool> HasFired)
{
    /// <summary>What is to be done before it starts, with the source and the folder.</summary>
    internal Action<KernelEventSource, string> Prepare { get; init; } = static (_, _) => { };
}

/// <summary>One trigger for each sensor of the catalog; a sensor without one fails the matrix.</summary>
internal static class SensorTriggers
{
    private static readonly Dictionary<string, SensorTrigger> BySensor = new()
    {
        ["cgroup"] = new("cgroup_move", ["{cgroup}/moved"], (events, run) => events.Cgroups.Exists(change => change.Record.Header.CgroupId == run.Number("cgroup_id"))),
        ["process"] = new("exec_args", ["one"], (events, run) => events.Execs.Exists(exec => exec.Record.Header.Pid == run.Pid)),
        ["process_calls"] = new("change_identity", ["{scratch}"], (events, run) =>
            events.Credentials.Exists(change => change.Header.Pid == run.PidOf("change_pid")) && events.Namespaces.Exists(change => change.Record.Header.Pid == run.PidOf("namespace_pid"))),
        ["signal"] = new("send_signals", ["{cgroup}/signals"], (events, run) => events.Signals.Exists(signal => signal.TargetPid == run.PidOf("other_pid"))),
        ["file"] = new("open_paths", ["{scratch}"], (events, run) => events.Opens.Exists(open => open.Record.Header.Pid == run.Pid && open.Record.Error == 0)),
        ["file_change"] = new("file_changes", ["{scratch}"], (events, run) => events.FileChanges.Exists(change => change.Record.Header.Pid == run.Pid)),
        ["tcp"] = new("tcp_pair", ["4"], (events, run) => events.Tcp.Exists(tcp => tcp.Header.Pid == run.PidOf("client_pid"))),
        ["udp"] = new("udp_pair", ["4", "connected"], (events, run) => events.Flows.Exists(flow => flow.Header.Pid == run.PidOf("client_pid"))),
        ["dns"] = new("dns_query", ["4"], (events, run) => events.Dns.Exists(dns => dns.Record.NetNs == run.Number("net_ns"))),
        ["payload"] = new("tcp_script", ["4", "{scratch}/script"], (events, run) => events.Payloads.Exists(payload => payload.Record.Header.Pid == run.PidOf("client_pid")))
        {
            Prepare = static (_, folder) => File.WriteAllBytes($"{folder}/script", [(byte)'c', 0, 18, .. "GET / HTTP/1.1\r\n\r\n"u8]),
        },
        ["socket"] = new("socket_calls", ["4"], (events, run) => events.Sockets.Exists(socket => socket.Header.Pid == run.Pid)),
        ["unix"] = new("unix_connect", ["{scratch}"], (events, run) => events.UnixConnects.Exists(connect => connect.Record.Header.Pid == run.Pid)),
        ["capability"] = new("capability_use", ["{cgroup}", "use"], (events, run) => events.Capabilities.Exists(used => used.Header.Pid == run.Pid)),
        ["privilege"] = new("privilege_process", ["attach", "{cgroup}"], (events, run) => events.Privileges.Exists(use => use.Record.Header.Pid == run.Pid)),
        ["syscalls"] = new("syscall_set", ["{cgroup}"], (events, run) => events.Syscalls.Exists(call => call.Header.Pid == run.PidOf("child_pid")))
        {
            Prepare = static (source, _) => Assert.True(source.Syscalls.SetAttached(true), "na_sys_enter does not attach"),
        },
    };

    internal static SensorTrigger? Find(string sensor) => BySensor.GetValueOrDefault(sensor);
}
