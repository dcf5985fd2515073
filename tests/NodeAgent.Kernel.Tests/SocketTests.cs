// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

public sealed class SocketTests
{
    private const ushort FamilyV4 = 2;
    private const ushort FamilyV6 = 10;
    private const ushort FamilyPacket = 17;
    private const ushort Stream = 1;
    private const ushort Datagram = 2;
    private const ushort Raw = 3;
    private const ushort Tcp = 6;
    private const ushort RawProtocol = 61;
    private const ushort Arp = 0x0806;
    private const uint AddressInUse = 98;
    private const uint AddressNotAvailable = 99;
    private const uint FamilyNotSupported = 97;
    private const uint NetworkUnreachable = 101;
    private const uint NotSupported = 95;

    [Theory]
    [InlineData("4", FamilyV4)]
    [InlineData("6", FamilyV6)]
    public void BindAndListen_OnceRefused_AreReportedWithAddressAndError(string mode, ushort family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "socket");
        Workload workload = watch.Run("socket_calls", mode);
        ushort port = (ushort)workload.Number("port");
        SocketRecord[] binds = Of(watch, workload, SocketOperation.Bind);
        SocketRecord[] listens = Of(watch, workload, SocketOperation.Listen);
        Assert.Equal([0u, AddressInUse], binds.Select(bind => bind.Error));
        foreach (SocketRecord bind in binds)
        {
            Assert.Equal((family, Stream, Tcp, port), (bind.Family, bind.SocketType, bind.Protocol, bind.LocalPort));
            Assert.True(NetAddress.FromWire(bind.Family, bind.LocalAddress).IsLoopback);
            Assert.Equal(workload.Number("net_ns"), bind.NetNs);
        }

        Assert.Equal(0u, listens[0].Error);

        // A datagram socket's refusal does not come to inet_listen, so the fentry variant does not see it.
        bool seesRefusal = watch.Source.Sensors.Any(status => status.Name == "socket" && status.Variant == "tracepoint");
        Assert.Equal(seesRefusal ? [NotSupported] : Array.Empty<uint>(), listens.Skip(1).Select(listen => listen.Error));
        Assert.Equal((17u, port, Stream), (listens[0].Backlog, listens[0].LocalPort, listens[0].SocketType));
        Assert.True(NetAddress.FromWire(listens[0].Family, listens[0].LocalAddress).IsLoopback);
        AssertTask(watch, workload, binds[0].Header);
        AssertTask(watch, workload, listens[0].Header);
    }

    [Theory]
    [InlineData("4", FamilyV4)]
    [InlineData("6", FamilyV6)]
    public void Create_RawPacketAndUnknown_AreReportedAndOthersAreNot(string mode, ushort family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "socket");
        Workload workload = watch.Run("socket_calls", mode);
        SocketRecord[] made = Of(watch, workload, SocketOperation.Create);
        Assert.Equal(
            [(family, Raw, RawProtocol, 0u), (FamilyPacket, Datagram, Arp, 0u), ((ushort)138, Stream, (ushort)0, FamilyNotSupported)],
            made.Select(socket => (socket.Family, socket.SocketType, socket.Protocol, socket.Error)));
        Assert.All(made, socket => Assert.Equal(workload.Number("net_ns"), socket.NetNs));
    }

    [Theory]
    [InlineData("4", FamilyV4)]
    [InlineData("6", FamilyV6)]
    public void Connect_RefusedBeforeASyn_IsReportedOnceWithTheErrorOfTheCall(string mode, ushort family)
    {
        using KernelWatch watch = KernelWatch.Start("process", "tcp", "socket");
        Workload workload = watch.Run("socket_calls", mode);
        TcpRecord[] connects = [.. watch.Events.TcpOf(EventKind.TcpConnect, workload.Pid)];
        Assert.Equal([NetworkUnreachable, 0u, AddressNotAvailable], connects.Select(connect => connect.Error));
        TcpRecord nowhere = connects[0];
        Assert.Equal((family, (ushort)workload.Number("nowhere_port")), (nowhere.Family, nowhere.RemotePort));
        Assert.Equal(mode == "6" ? "2001:db8::7" : "192.0.2.7", NetAddress.FromWire(nowhere.Family, nowhere.RemoteAddress).ToString());
        Assert.Equal((FlowDirection.Outbound, (ushort)0), (nowhere.Direction, nowhere.LocalPort));
        Assert.Equal(workload.Number("net_ns"), nowhere.NetNs);
        Assert.NotEqual(0ul, nowhere.SocketCookie);
        Assert.InRange(nowhere.DurationNs, 1ul, 1_000_000_000ul);
        AssertTask(watch, workload, nowhere.Header);
        Assert.Equal((ushort)workload.Number("port"), connects[2].RemotePort);
    }

    private static SocketRecord[] Of(KernelWatch watch, Workload workload, SocketOperation operation) =>
        [.. watch.Events.Sockets.Where(socket => socket.Header.Pid == workload.Pid && socket.Operation == operation)];

    private static void AssertTask(KernelWatch watch, Workload workload, HeaderRecord header)
    {
        CapturedExec exec = watch.Events.Execs.Single(exec => exec.Record.Header.Pid == workload.Pid);
        Assert.Equal(HeaderFlags.None, header.Flags);
        Assert.Equal(exec.Record.Header.StartTimeNs, header.StartTimeNs);
        Assert.Equal(exec.Record.Header.CgroupId, header.CgroupId);
        Assert.Equal("socket_calls", ProcessTests.Comm(header));
    }
}
