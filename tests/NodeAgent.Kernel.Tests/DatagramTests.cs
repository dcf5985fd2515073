// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class DatagramTests
{
    private const ushort FamilyV4 = 2;
    private const ushort FamilyV6 = 10;
    private const uint Udp = 17;
    private const int DnsMax = 4096;
    private const ushort DnsPort = 53;

    [Theory]
    [InlineData("4", "connected")]
    [InlineData("4", "unconnected")]
    [InlineData("6", "connected")]
    [InlineData("6", "unconnected")]
    public void Flow_ManyDatagramsBothWays_IsOneForEachSide(string family, string mode)
    {
        using KernelWatch watch = KernelWatch.Start("process", "udp");
        Workload workload = watch.Run("udp_pair", family, mode);
        uint client = workload.PidOf("client_pid");
        uint server = workload.PidOf("server_pid");
        ushort clientPort = (ushort)workload.Number("client_port");
        ushort serverPort = (ushort)workload.Number("server_port");
        FlowRecord outbound = Assert.Single(watch.Events.Flows, flow => flow.Header.Pid == client);
        FlowRecord inbound = Assert.Single(watch.Events.Flows, flow => flow.Header.Pid == server);
        AssertFlow(watch, workload, outbound, family, FlowDirection.Outbound, clientPort, serverPort);
        AssertFlow(watch, workload, inbound, family, FlowDirection.Inbound, serverPort, clientPort);
        Assert.NotEqual(outbound.SocketCookie, inbound.SocketCookie);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("6")]
    public void Dns_QueriesAndAnswers_AreReportedToTheClientWithTheMessage(string family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "dns");
        Workload workload = watch.Run("dns_query", family);
        CapturedDns[] messages = [.. watch.Events.Dns.Where(dns => dns.Record.NetNs == (uint)workload.Number("net_ns"))];
        Assert.Equal(4, messages.Length);
        Assert.Equal(
            [FlowDirection.Outbound, FlowDirection.Inbound, FlowDirection.Outbound, FlowDirection.Inbound],
            messages.Select(dns => dns.Record.Direction));
        ulong query = workload.Number("query_bytes");
        ulong longAnswer = workload.Number("long_answer_bytes");
        Assert.Equal(
            [query, workload.Number("answer_bytes"), query, longAnswer], messages.Select(dns => (ulong)dns.Record.MessageSize));
        foreach (CapturedDns dns in messages)
        {
            AssertDns(watch, workload, dns, family);
        }

        Assert.Equal(messages[0].Message[12..], messages[1].Message[12..(int)query]);
        Assert.Equal(new byte[] { 192, 0, 2, 7 }, messages[1].Message[^4..]);
        Assert.Equal(0x80, messages[1].Message[2] & 0x80);
    }

    [Fact]
    public void Dns_Flow_IsAFlowToo()
    {
        using KernelWatch watch = KernelWatch.Start("process", "udp", "dns");
        Workload workload = watch.Run("dns_query", "4");
        FlowRecord flow = Assert.Single(watch.Events.Flows, flow => flow.Header.Pid == workload.Pid && flow.Direction == FlowDirection.Outbound);
        Assert.Equal(DnsPort, flow.RemotePort);
        Assert.Equal(4, watch.Events.Dns.Count(dns => dns.Record.Header.Pid == workload.Pid));
    }

    private static void AssertFlow(KernelWatch watch, Workload workload, FlowRecord flow, string family,
        FlowDirection direction, ushort localPort, ushort remotePort)
    {
        Assert.Equal(EventKind.Flow, flow.Header.Kind);
        Assert.Equal(direction, flow.Direction);
        Assert.Equal(family == "6" ? FamilyV6 : FamilyV4, flow.Family);
        Assert.Equal((localPort, remotePort), (flow.LocalPort, flow.RemotePort));
        Assert.True(NetAddress.FromWire(flow.Family, flow.LocalAddress).IsLoopback);
        Assert.True(NetAddress.FromWire(flow.Family, flow.RemoteAddress).IsLoopback);
        Assert.Equal(Udp, flow.Protocol);
        Assert.Equal(workload.Number("net_ns"), flow.NetNs);
        Assert.NotEqual(0ul, flow.SocketCookie);
        AssertOwner(watch, flow.Header, "udp_pair");
    }

    private static void AssertDns(KernelWatch watch, Workload workload, CapturedDns dns, string family)
    {
        DnsRecord record = dns.Record;
        Assert.Equal(EventKind.Dns, record.Header.Kind);
        Assert.Equal(workload.Pid, record.Header.Pid);
        Assert.Equal(family == "6" ? FamilyV6 : FamilyV4, record.Family);
        Assert.Equal(((ushort)workload.Number("client_port"), DnsPort), (record.LocalPort, record.RemotePort));
        Assert.True(NetAddress.FromWire(record.Family, record.LocalAddress).IsLoopback);
        Assert.True(NetAddress.FromWire(record.Family, record.RemoteAddress).IsLoopback);
        Assert.Equal(Math.Min((int)record.MessageSize, DnsMax), dns.Message.Length);
        Assert.Equal(record.MessageSize > DnsMax ? DnsRecordFlags.Truncated : DnsRecordFlags.None, record.Flags);
        Assert.Equal([0x12, 0x34], dns.Message[..2]);
        AssertOwner(watch, record.Header, "dns_query");
    }

    private static void AssertOwner(KernelWatch watch, HeaderRecord header, string comm)
    {
        ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == header.Pid);
        Assert.Equal(HeaderFlags.Softirq, header.Flags);
        Assert.Equal(fork.ChildStartTimeNs, header.StartTimeNs);
        Assert.Equal(fork.ChildCgroupId, header.CgroupId);
        Assert.Equal(comm, ProcessTests.Comm(header));
        Assert.Equal((header.Pid, 0u, 0u), (header.Tid, header.Uid, header.Gid));
    }
}
