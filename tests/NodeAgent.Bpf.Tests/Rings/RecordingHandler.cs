// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Decoding;
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Bpf.Tests.Rings;

/// <summary>Remembers the headers of what it got, and touches every byte that a view offers.</summary>
internal sealed class RecordingHandler : IRecordHandler
{
    public List<HeaderRecord> Headers { get; } = [];

    public List<string> Texts { get; } = [];

    /// <summary>A checksum over all bytes seen: reading them is the point.</summary>
    public int Touched { get; private set; }

    public void OnExec(in ExecEvent exec) => Add(exec.Record.Header, exec.Exe, exec.Cwd, exec.Argv);

    public void OnFork(in ForkEvent fork) => Add(fork.Record.Header);

    public void OnExit(in ExitEvent exit) => Add(exit.Record.Header);

    public void OnOpen(in OpenEvent open) => Add(open.Record.Header, open.Path);

    public void OnTcp(in TcpEvent tcp)
    {
        Texts.Add($"{tcp.LocalAddress} {tcp.RemoteAddress}");
        Add(tcp.Record.Header);
    }

    public void OnFlow(in FlowEvent flow)
    {
        Texts.Add($"{flow.LocalAddress} {flow.RemoteAddress}");
        Add(flow.Record.Header);
    }

    public void OnDns(in DnsEvent dns) => Add(dns.Record.Header, dns.Message);

    public void OnCgroup(in CgroupEvent cgroup) => Add(cgroup.Record.Header, cgroup.Path);

    private void Add(HeaderRecord header, ReadOnlySpan<byte> first = default, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        Headers.Add(header);
        foreach (byte value in first)
        {
            Touched += value;
        }

        foreach (byte value in second)
        {
            Touched += value;
        }

        foreach (byte value in third)
        {
            Touched += value;
        }

        if (!first.IsEmpty)
        {
            Texts.Add(System.Text.Encoding.UTF8.GetString(first));
        }
    }
}
