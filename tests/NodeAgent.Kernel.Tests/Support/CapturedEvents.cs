// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Kernel.Tests.Support;

internal sealed record CapturedExec(ExecRecord Record, string Exe, string Cwd, byte[] Argv);

internal sealed record CapturedOpen(OpenRecord Record, byte[] Path);

internal sealed record CapturedDns(DnsRecord Record, byte[] Message);

internal sealed record CapturedCgroup(CgroupRecord Record, string Path);

/// <summary>Copies of all events, in the order in which they came.</summary>
internal sealed class CapturedEvents
{
    public List<CapturedExec> Execs { get; } = [];

    public List<ForkRecord> Forks { get; } = [];

    public List<ExitRecord> Exits { get; } = [];

    public List<CapturedOpen> Opens { get; } = [];

    public List<TcpRecord> Tcp { get; } = [];

    public List<FlowRecord> Flows { get; } = [];

    public List<CapturedDns> Dns { get; } = [];

    public List<CapturedCgroup> Cgroups { get; } = [];

    public IEnumerable<TcpRecord> TcpOf(EventKind kind, uint pid) =>
        Tcp.Where(record => record.Header.Kind == kind && record.Header.Pid == pid);
}

/// <summary>Fills <see cref="CapturedEvents"/> from the ring's views.</summary>
internal readonly struct Capture(CapturedEvents events) : IRecordHandler
{
    public void OnExec(in ExecEvent exec) =>
        events.Execs.Add(new CapturedExec(exec.Record, Latin1(exec.Exe), Latin1(exec.Cwd), exec.Argv.ToArray()));

    public void OnFork(in ForkEvent fork) => events.Forks.Add(fork.Record);

    public void OnExit(in ExitEvent exit) => events.Exits.Add(exit.Record);

    public void OnOpen(in OpenEvent open) => events.Opens.Add(new CapturedOpen(open.Record, open.Path.ToArray()));

    public void OnTcp(in TcpEvent tcp) => events.Tcp.Add(tcp.Record);

    public void OnFlow(in FlowEvent flow) => events.Flows.Add(flow.Record);

    public void OnDns(in DnsEvent dns) => events.Dns.Add(new CapturedDns(dns.Record, dns.Message.ToArray()));

    public void OnCgroup(in CgroupEvent cgroup) => events.Cgroups.Add(new CapturedCgroup(cgroup.Record, Latin1(cgroup.Path)));

    // One character for each byte: nothing is lost, nothing is interpreted.
    private static string Latin1(ReadOnlySpan<byte> bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
