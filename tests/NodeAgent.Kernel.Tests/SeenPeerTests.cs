// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Kernel.Tests.Support;

namespace NodeAgent.Kernel.Tests;

/// <summary>The already-seen filter on flows, connections and accepted connections.</summary>
public sealed class SeenPeerTests : IDisposable
{
    private const ushort FirstPort = 40_000;
    private const ushort Marks = 50_000;
    private const uint Refused = 111;

    // Of each way of talking, by its port: how often a client's side is told, and how often the server's.
    private static readonly (string Way, int Client, int Server)[] Expected =
    [
        ("plain", 1, 1),
        ("other process", 1, 1),
        ("same program, executed anew", 1, 1),
        ("other program", 2, 1),
        ("other name", 2, 1),
        ("other user", 2, 1),
        ("other container", 2, 1),
        ("other address", 3, 3),
    ];

    // Connections that were made, each of which ends on both sides.
    private const int Connections = 3 + 4 + 4 + 4 + 4 + 4 + 4 + 6;

    private readonly string _folder = Directory.CreateTempSubdirectory("na-seen-").FullName;
    private readonly TestCgroup _quiet = new();
    private readonly TestCgroup _busy = new();
    private int _round;

    [Fact]
    public void Peers_EachWayMoreThanOnce_AreToldWhereSomethingDiffers()
    {
        using KernelWatch watch = Start();
        Workload workload = Begin(watch);
        workload.EndInput();
        watch.Finish(workload);
        watch.WaitUntil(() => Ends(watch) >= 2 * Connections, "end of each connection");
        string[] told = [.. Expected.Select((way, i) => Describe(way.Way, watch, (ushort)(FirstPort + i)))];
        Assert.Equal(Expected.Select(way => $"{way.Way}: {way.Client} flows, {way.Client} connects; served {way.Server} flows, {way.Server} accepts"), told);
        Assert.Equal(2 * Connections, Ends(watch));

        // What failed is told each time, and who called stands in what is told.
        Assert.Equal(2, watch.Events.Tcp.Count(tcp => tcp.Header.Kind == EventKind.TcpConnect && tcp.RemotePort == Marks - 1 && tcp.Error == Refused));
        TcpRecord plain = Assert.Single(watch.Events.TcpOf(EventKind.TcpConnect, workload.Pid), tcp => tcp.RemotePort == FirstPort);
        Assert.Equal((0u, FlowDirection.Outbound), (plain.Error, plain.Direction));
        Assert.True(plain.DurationNs > 0, "no latency");
        Assert.Equal(
            new[] { workload.Number("quiet_id"), workload.Number("busy_id") }.Order(),
            watch.Events.Tcp.Where(tcp => tcp.Header.Kind == EventKind.TcpConnect && tcp.RemotePort == FirstPort + 6).Select(tcp => tcp.Header.CgroupId).Order());
    }

    [Fact]
    public void Peers_ForgottenOrWantedAlways_AreToldAgain()
    {
        using KernelWatch watch = Start();
        Workload workload = Begin(watch);
        Again(watch, workload, "same 2");
        ulong quiet = OwnerOf(watch);
        Assert.Equal((1, 1), Told(watch, quiet));
        Again(watch, workload, "same 2");
        Assert.Equal((1, 1), Told(watch, quiet));
        watch.Source.Filter.Forget(quiet);
        Again(watch, workload, "same 2");
        Assert.Equal((2, 2), Told(watch, quiet));
        watch.Source.Filter.TellAlways(quiet, EventKind.TcpConnect);
        Again(watch, workload, "same 2");
        Assert.Equal((2, 4), Told(watch, quiet));
        watch.Source.Filter.TellAlways(quiet);
        Again(watch, workload, "same 2");
        Assert.Equal((2, 4), Told(watch, quiet));
        workload.EndInput();
        watch.Finish(workload);
    }

    [Fact]
    public void Peers_StillTalking_AreToldAgainWithTheirCount()
    {
        using KernelWatch watch = Start(TimeSpan.FromSeconds(1));
        Workload workload = Begin(watch);
        for (int round = 0; round < 1000 && !(watch.Events.Flows.Any(flow => IsRepeated(flow.Header)) && watch.Events.Tcp.Any(tcp => IsRepeated(tcp.Header))); round++)
        {
            Again(watch, workload, "same 2");
        }

        Assert.Contains(watch.Events.Flows, flow => IsRepeated(flow.Header));
        Assert.Contains(watch.Events.Tcp, tcp => IsRepeated(tcp.Header));
        workload.EndInput();
        watch.Finish(workload);
    }

    [Fact]
    public void Peers_MoreThanThereIsRoomFor_CostEventsAndHideNothing()
    {
        const int Crowd = 300;
        using KernelWatch watch = Start(entries: 7);
        Workload workload = Begin(watch);
        Again(watch, workload, $"crowd {Crowd}");
        Again(watch, workload, $"crowd {Crowd}");
        ulong quiet = OwnerOf(watch);
        TcpRecord[] connects = [.. watch.Events.Tcp.Where(tcp => tcp.Header.Kind == EventKind.TcpConnect && tcp.Header.CgroupId == quiet && tcp.RemotePort == FirstPort)];
        Assert.Equal(Crowd, connects.Select(tcp => NetAddress.FromWire(tcp.Family, tcp.RemoteAddress)).Distinct().Count());
        Assert.InRange(connects.Length, Crowd + 1, 2 * Crowd);
        Assert.Equal(0ul, watch.Source.LostCount);
        workload.EndInput();
        watch.Finish(workload);
    }

    public void Dispose()
    {
        _quiet.Dispose();
        _busy.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static KernelWatch Start(TimeSpan? repeatAfter = null, int entries = 3584)
    {
        var options = new BpfOptions();
        options.Filter.FilteredKinds.Add(EventKind.Flow);
        options.Filter.FilteredKinds.Add(EventKind.TcpConnect);
        options.Filter.FilteredKinds.Add(EventKind.TcpAccept);
        options.Filter.RepeatAfter = repeatAfter ?? TimeSpan.Zero;
        options.Filter.EntriesPerContainer = entries;
        return KernelWatch.Start(options, "process", "tcp", "udp", "cgroup");
    }

    private Workload Begin(KernelWatch watch)
    {
        Workload workload = Workload.Start("seen_peers", _folder, _quiet.Path, _busy.Path);
        WaitForMark(watch, workload, Marks);
        return workload;
    }

    private void Again(KernelWatch watch, Workload workload, string line)
    {
        workload.Send(line);
        WaitForMark(watch, workload, (ushort)(Marks + ++_round));
    }

    private static void WaitForMark(KernelWatch watch, Workload workload, ushort port) =>
        watch.WaitUntil(() => watch.Events.TcpOf(EventKind.TcpConnect, workload.Pid).Any(tcp => tcp.RemotePort == port), $"mark {port}");

    // The first that talked at that port, in its own cgroup: the rounds run there too.
    private static ulong OwnerOf(KernelWatch watch) =>
        watch.Events.Tcp.First(tcp => tcp.Header.Kind == EventKind.TcpConnect && tcp.RemotePort == FirstPort + 6).Header.CgroupId;

    private static (int Flows, int Connects) Told(KernelWatch watch, ulong cgroupId) => (
        watch.Events.Flows.Count(flow => flow.Header.CgroupId == cgroupId && flow.RemotePort == FirstPort && flow.Direction == FlowDirection.Outbound),
        watch.Events.Tcp.Count(tcp => tcp.Header.Kind == EventKind.TcpConnect && tcp.Header.CgroupId == cgroupId && tcp.RemotePort == FirstPort));

    private static int Ends(KernelWatch watch) => watch.Events.Tcp.Count(tcp =>
        tcp.Header.Kind == EventKind.TcpClose && (IsStep(tcp.LocalPort) || IsStep(tcp.RemotePort)));

    // With its count behind the fixed part.
    private static bool IsRepeated(HeaderRecord header) => (header.Flags & HeaderFlags.Repeated) != 0 && header.TailSize == sizeof(ulong);

    private static bool IsStep(ushort port) => port >= FirstPort && port < FirstPort + Expected.Length;

    private static string Describe(string way, KernelWatch watch, ushort port)
    {
        int Flows(FlowDirection direction) => watch.Events.Flows.Count(flow =>
            flow.Direction == direction && (direction == FlowDirection.Outbound ? flow.RemotePort : flow.LocalPort) == port);
        int Tcp(EventKind kind) => watch.Events.Tcp.Count(tcp => tcp.Header.Kind == kind && (kind == EventKind.TcpConnect ? tcp.RemotePort : tcp.LocalPort) == port);
        return $"{way}: {Flows(FlowDirection.Outbound)} flows, {Tcp(EventKind.TcpConnect)} connects; served {Flows(FlowDirection.Inbound)} flows, {Tcp(EventKind.TcpAccept)} accepts";
    }
}
