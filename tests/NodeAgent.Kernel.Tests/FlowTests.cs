// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>Flows of everything but plain UDP.</summary>
public sealed class FlowTests
{
    private const uint Icmp = 1;
    private const uint Tcp = 6;
    private const uint Udp = 17;
    private const uint IcmpV6 = 58;
    private const uint Sctp = 132;

    [Theory]
    [InlineData("4", "raw", Icmp)]
    [InlineData("4", "ping", Icmp)]
    [InlineData("6", "raw", IcmpV6)]
    [InlineData("6", "ping", IcmpV6)]
    public void Icmp_ManyEchoes_AreOneFlowOfTheirSocket(string family, string type, uint protocol)
    {
        using KernelWatch watch = KernelWatch.Start("process", "udp");
        Workload workload = watch.Run("icmp_echo", family, type);
        // The kernel answers through sockets of its own: nobody's, so no flow.
        FlowRecord flow = Assert.Single(watch.Events.Flows, flow => flow.NetNs == workload.Number("net_ns"));
        Assert.Equal((workload.Pid, protocol, FlowDirection.Outbound), (flow.Header.Pid, flow.Protocol, flow.Direction));
        Assert.Equal(family == "6" ? (ushort)10 : (ushort)2, flow.Family);
        Assert.Equal((0, 0), (flow.LocalPort, flow.RemotePort));
        Assert.True(NetAddress.FromWire(flow.Family, flow.RemoteAddress).IsLoopback);
        Assert.NotEqual(0ul, flow.SocketCookie);
        Assert.Equal("icmp_echo", ProcessTests.Comm(flow.Header));
    }

    [Theory]
    [InlineData("4")]
    [InlineData("6")]
    public void Sctp_OneAssociation_IsAFlowOnBothSides(string family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "udp");
        Workload workload = watch.Run("sctp_pair", family);
        Assert.SkipWhen(workload.Number("sctp") == 0, "this kernel has no SCTP");
        ushort port = (ushort)workload.Number("server_port");
        FlowRecord sent = Assert.Single(watch.Events.Flows, flow => flow.Header.Pid == workload.PidOf("client_pid"));
        FlowRecord received = Assert.Single(watch.Events.Flows, flow => flow.Header.Pid == workload.PidOf("server_pid"));
        Assert.Equal((Sctp, FlowDirection.Outbound, port), (sent.Protocol, sent.Direction, sent.RemotePort));
        Assert.Equal((Sctp, FlowDirection.Inbound, port), (received.Protocol, received.Direction, received.LocalPort));
        Assert.Equal((sent.LocalPort, workload.Number("net_ns")), (received.RemotePort, (ulong)received.NetNs));
        Assert.True(NetAddress.FromWire(sent.Family, sent.RemoteAddress).IsLoopback);
    }

    [Fact]
    public void RawSocket_ThatSpeaksTcp_IsAFlowWithPorts()
    {
        using KernelWatch watch = KernelWatch.Start("process", "udp");
        Workload workload = watch.Run("raw_send");
        FlowRecord syn = Assert.Single(watch.Events.Flows,
            flow => flow.Header.Pid == workload.Pid && flow.Protocol == Tcp && flow.Direction == FlowDirection.Outbound);
        Assert.Equal(((ushort)1234, (ushort)workload.Number("syn_port")), (syn.LocalPort, syn.RemotePort));
        Assert.True(NetAddress.FromWire(syn.Family, syn.RemoteAddress).IsLoopback);
    }

    [Fact]
    public void Udp_BehindExtensionHeaders_IsAFlowOnBothSides()
    {
        using KernelWatch watch = KernelWatch.Start("process", "udp");
        Workload workload = watch.Run("raw_send");
        ushort port = (ushort)workload.Number("extended_port");
        FlowRecord[] flows = [.. watch.Events.Flows.Where(flow => flow.Header.Pid == workload.Pid && flow.Protocol == Udp)];
        FlowRecord sent = Assert.Single(flows, flow => flow.Direction == FlowDirection.Outbound && flow.RemotePort == port);
        FlowRecord received = Assert.Single(flows, flow => flow.Direction == FlowDirection.Inbound && flow.LocalPort == port);
        Assert.Equal((sent.LocalPort, sent.RemotePort), (received.RemotePort, received.LocalPort));
    }
}
