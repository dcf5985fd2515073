// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class TcpTests
{
    private const ushort FamilyV4 = 2;
    private const ushort FamilyV6 = 10;
    private const uint ConnectionRefused = 111;

    [Theory]
    [InlineData("4", FamilyV4)]
    [InlineData("6", FamilyV6)]
    [InlineData("mapped", FamilyV4)]
    public void Connection_BothSides_ReportConnectAcceptAndCloseOnce(string mode, ushort family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "tcp");
        Workload workload = watch.Run("tcp_pair", mode);
        uint client = workload.PidOf("client_pid");
        uint server = workload.PidOf("server_pid");
        CapturedEvents events = watch.Events;
        // The last acknowledgements may come after the processes have ended.
        watch.WaitUntil(() => events.TcpOf(EventKind.TcpClose, client).Any() && events.TcpOf(EventKind.TcpClose, server).Any(), "close of both sides");

        TcpRecord[] connects = [.. events.TcpOf(EventKind.TcpConnect, client)];
        Assert.Equal([0u, ConnectionRefused], connects.Select(connect => connect.Error));
        TcpRecord clientClose = Assert.Single(events.TcpOf(EventKind.TcpClose, client));
        TcpRecord accept = Assert.Single(events.TcpOf(EventKind.TcpAccept, server));
        TcpRecord serverClose = Assert.Single(events.TcpOf(EventKind.TcpClose, server));
        Assert.Equal(5, events.Tcp.Count(record => record.Header.Pid == client || record.Header.Pid == server));

        ushort clientPort = (ushort)workload.Number("client_port");
        ushort serverPort = (ushort)workload.Number("server_port");
        foreach (TcpRecord record in new[] { connects[0], clientClose })
        {
            AssertSide(workload, record, family, FlowDirection.Outbound, clientPort, serverPort);
        }

        foreach (TcpRecord record in new[] { accept, serverClose })
        {
            AssertSide(workload, record, family, FlowDirection.Inbound, serverPort, clientPort);
        }

        AssertSide(workload, connects[1], family, FlowDirection.Outbound, connects[1].LocalPort, (ushort)workload.Number("unused_port"));
        Assert.Equal(connects[0].SocketCookie, clientClose.SocketCookie);
        Assert.Equal(accept.SocketCookie, serverClose.SocketCookie);
        Assert.Equal(4, new[] { connects[0], connects[1], accept }.Select(record => record.SocketCookie).Append(0ul).Distinct().Count());
    }

    [Fact]
    public void Close_BytesAndDuration_ArePayloadAndLife()
    {
        using KernelWatch watch = KernelWatch.Start("process", "tcp");
        Workload workload = watch.Run("tcp_pair", "4");
        uint client = workload.PidOf("client_pid");
        uint server = workload.PidOf("server_pid");
        CapturedEvents events = watch.Events;
        watch.WaitUntil(() => events.TcpOf(EventKind.TcpClose, client).Any() && events.TcpOf(EventKind.TcpClose, server).Any(), "close of both sides");
        TcpRecord clientClose = events.TcpOf(EventKind.TcpClose, client).Single();
        TcpRecord serverClose = events.TcpOf(EventKind.TcpClose, server).Single();
        ulong fromClient = workload.Number("from_client");
        ulong fromServer = workload.Number("from_server");
        Assert.Equal((fromClient, fromServer), (clientClose.BytesSent, clientClose.BytesReceived));
        Assert.Equal((fromServer, fromClient), (serverClose.BytesSent, serverClose.BytesReceived));
        TcpRecord connect = events.TcpOf(EventKind.TcpConnect, client).First();
        TcpRecord accept = events.TcpOf(EventKind.TcpAccept, server).Single();
        // What the listener sent and got before the connection was (the SYN and its answer), and what came after its end.
        Assert.InRange(clientClose.PacketsSent, serverClose.PacketsReceived, serverClose.PacketsReceived + 3);
        Assert.InRange(clientClose.PacketsReceived, serverClose.PacketsSent, serverClose.PacketsSent + 3);
        Assert.InRange(serverClose.PacketsSent, 2u, 1000u);
        Assert.Equal((0u, 0u), (accept.PacketsSent, connect.PacketsReceived));
        Assert.InRange(connect.DurationNs, 1ul, clientClose.Header.TimeNs - connect.Header.TimeNs + connect.DurationNs);
        Assert.InRange(clientClose.DurationNs, 1ul, clientClose.Header.TimeNs - connect.Header.TimeNs);
        Assert.InRange(serverClose.DurationNs, 1ul, serverClose.Header.TimeNs - accept.Header.TimeNs);
        Assert.Equal((0ul, 0ul, 0ul), (accept.DurationNs, accept.BytesSent, accept.BytesReceived));
    }

    [Fact]
    public void Owner_IsTheProcessThatConnectedOrListened()
    {
        using KernelWatch watch = KernelWatch.Start("process", "tcp");
        Workload workload = watch.Run("tcp_pair", "4");
        foreach (string side in new[] { "client_pid", "server_pid" })
        {
            uint pid = workload.PidOf(side);
            ForkRecord fork = watch.Events.Forks.Single(fork => fork.ChildPid == pid);
            TcpRecord record = watch.Events.Tcp.First(record => record.Header.Pid == pid);
            Assert.Equal(HeaderFlags.Softirq, record.Header.Flags);
            Assert.Equal(fork.ChildStartTimeNs, record.Header.StartTimeNs);
            Assert.Equal(fork.ChildCgroupId, record.Header.CgroupId);
            Assert.Equal("tcp_pair", ProcessTests.Comm(record.Header));
            Assert.Equal((pid, 0u, 0u), (record.Header.Tid, record.Header.Uid, record.Header.Gid));
        }
    }

    private static void AssertSide(
        Workload workload, TcpRecord record, ushort family, FlowDirection direction, ushort localPort, ushort remotePort)
    {
        Assert.Equal(family, record.Family);
        Assert.Equal(direction, record.Direction);
        Assert.Equal((localPort, remotePort), (record.LocalPort, record.RemotePort));
        Assert.Equal(workload.Number("net_ns"), record.NetNs);
        Assert.True(NetAddress.FromWire(record.Family, record.LocalAddress).IsLoopback);
        Assert.True(NetAddress.FromWire(record.Family, record.RemoteAddress).IsLoopback);
        Assert.NotEqual(0, localPort);
    }
}
