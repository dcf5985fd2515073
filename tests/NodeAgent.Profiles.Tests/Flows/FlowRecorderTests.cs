// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Tests.Flows;

public sealed class FlowRecorderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("flows-").FullName;
    private readonly Peers _peers = new();

    private string File => Path.Combine(_directory, "flows.history");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Events_OfOneFlow_AreOneRecordWithItsCount()
    {
        string[] lines = await RecordAsync((source, container) =>
        {
            for (int i = 0; i < 5; i++)
            {
                source.Tcp(container, FlowDirection.Outbound, "8.8.8.8", 40_000, 443);
                source.Tcp(container, FlowDirection.Outbound, "8.8.8.8", 40_000, 443, kind: EventKind.TcpClose);
                source.Tick(20);
            }

            source.Tcp(container, FlowDirection.Inbound, "10.0.0.9", 80, 51_000, kind: EventKind.TcpAccept);
            source.Tcp(container, FlowDirection.Inbound, "10.0.0.9", 80, 51_001, kind: EventKind.TcpAccept);
            source.Udp(container, FlowDirection.Outbound, "2001:db8::1", 4000, 123);
        });
        Assert.Equal(
            ["in Address 10.0.0.9 Tcp 80 x2", "out Address 2001:db8::1 Udp 123 x1", "out Address 8.8.8.8 Tcp 443 x5 (dns.google)"], lines);
    }

    [Fact]
    public async Task Events_ThatAreNoFlows_LeaveNothing() => Assert.Empty(await RecordAsync((source, container) =>
    {
        source.Tcp(container, FlowDirection.Outbound, "8.8.8.8", 40_000, 443, error: 111);
        source.Tcp(container, FlowDirection.Outbound, "127.0.0.1", 40_000, 443);
        source.Tcp(container, FlowDirection.Outbound, "::", 40_000, 443);
        source.Tcp(container, FlowDirection.Unknown, "8.8.8.8", 40_000, 443);
        source.Tcp(new ContainerInfo(0, string.Empty), FlowDirection.Outbound, "8.8.8.8", 1, 2);
    }));

    [Fact]
    public async Task Flow_AnswerOfADatagram_IsNoFlowOfItsOwn()
    {
        string[] lines = await RecordAsync((source, container) =>
        {
            source.Udp(container, FlowDirection.Inbound, "10.0.0.9", 53, 51_000);
            source.Tick(20); // the request is written already when the answer comes
            source.Udp(container, FlowDirection.Outbound, "10.0.0.9", 53, 51_000);
        });
        Assert.Equal(["in Address 10.0.0.9 Udp 53 x1"], lines);
    }

    [Fact]
    public async Task Peer_Service_IsThePodsBehindItAtTheirPort()
    {
        _peers.Known["10.96.0.7"] = (new PeerSelector("shop", [new("app", "api")]), 8080, 0);
        string[] lines = await RecordAsync((source, container) =>
        {
            source.Tcp(container, FlowDirection.Outbound, "10.96.0.7", 40_000, 80);
            source.Tcp(container, FlowDirection.Inbound, "10.96.0.7", 9000, 40_000, kind: EventKind.TcpAccept);
        });
        Assert.Equal(["in Pods shop/app=api 10.96.0.7 Tcp 9000 x1", "out Pods shop/app=api 10.96.0.7 Tcp 8080 x1"], lines);
    }

    [Fact]
    public async Task Peer_ToldOfLater_HasItsNameAndOneNeverToldOfItsAddress()
    {
        string[] lines = await RecordAsync((source, container) =>
        {
            source.Tcp(container, FlowDirection.Outbound, "10.1.0.1", 40_000, 5432);
            source.Tcp(container, FlowDirection.Outbound, "10.1.0.2", 40_000, 5432);
            source.Tick(11); // written, and both wait
            _peers.Known["10.1.0.1"] = (new PeerSelector("shop", [new("app", "db")]), 0, 0);
            source.Tick(11);
            source.Tick(11);
        });
        Assert.Equal(["out Address 10.1.0.2 Tcp 5432 x1", "out Pods shop/app=db 10.1.0.1 Tcp 5432 x1"], lines);
    }

    [Fact]
    public async Task Peer_AddressThatChangedHandsMeanwhile_IsBoth()
    {
        string[] lines = await RecordAsync((source, container) =>
        {
            _peers.Known["10.1.0.1"] = (new PeerSelector("shop", [new("app", "old")]), 0, 0);
            _peers.Later["10.1.0.1"] = (new PeerSelector("shop", [new("app", "new")]), source.NowNs + EventSource.Second);
            source.Tcp(container, FlowDirection.Outbound, "10.1.0.1", 40_000, 1);
            source.NowNs += 2 * EventSource.Second;
            source.Tcp(container, FlowDirection.Outbound, "10.1.0.1", 40_000, 1);
            source.Tcp(container, FlowDirection.Outbound, "10.1.0.1", 40_000, 1);
        });
        Assert.Equal(["out Pods shop/app=new 10.1.0.1 Tcp 1 x2", "out Pods shop/app=old 10.1.0.1 Tcp 1 x1"], lines);
    }

    [Fact]
    public async Task Peer_OwnNode_IsToldApart()
    {
        string[] lines = await RecordAsync((source, container) => source.Tcp(container, FlowDirection.Inbound, "192.0.2.1", 8080, 40_000, kind: EventKind.TcpAccept));
        Assert.Equal(["in OwnNode 192.0.2.1 Tcp 8080 x1"], lines);
    }

    [Fact]
    public async Task Restart_FlowsSeenBefore_AreAddedTo()
    {
        static void Call(EventSource source, ContainerInfo container) => source.Tcp(container, FlowDirection.Outbound, "8.8.8.8", 40_000, 443);
        await RecordAsync(Call);
        Assert.Equal(["out Address 8.8.8.8 Tcp 443 x2 (dns.google)"], await RecordAsync(Call));
    }

    [Fact]
    public async Task Events_OfMoreFlowsThanThereIsRoomFor_AreCountedAsDroppedUntilTheNextWrite()
    {
        string[] lines = await RecordAsync(
            (source, container) =>
            {
                for (ushort port = 1; port <= 9; port++)
                {
                    source.Tcp(container, FlowDirection.Outbound, "8.8.8.8", 40_000, port);
                }

                source.Tick(20);
                source.Tcp(container, FlowDirection.Outbound, "8.8.8.8", 40_000, 99);
            },
            maxLive: 4);
        Assert.Equal([1, 2, 3, 4, 99], lines.Select(line => int.Parse(line.Split(' ')[4])).Order());
    }

    private async Task<string[]> RecordAsync(Action<EventSource, ContainerInfo> play, int maxLive = 1000)
    {
        var names = new FakeNames();
        names.Names["8.8.8.8"] = "DNS.google.";
        var options = new FlowHistoryOptions { File = File, MaxLive = maxLive };
        await using (var recorder = new FlowRecorder(options, EventSource.Options(), names, TimeProvider.System, NullLogger<FlowRecorder>.Instance, _peers, new Nodes()))
        {
            var source = new EventSource(recorder);
            source.Tick();
            play(source, source.Container());
            await recorder.StopAsync(TestContext.Current.CancellationToken);
        }

        if (!System.IO.File.Exists(File))
        {
            return [];
        }

        FlowHistory history = FlowHistoryFile.Read(File).History;
        Assert.All(history.Flows, pair => Assert.Equal(("default", "replicaset-web-77b4fdf86c"), (pair.Key.Workload.Namespace, pair.Key.Workload.Name)));
        Assert.All(history.Flows, pair => Assert.Equal([new("app", "nginx")], pair.Key.Workload.Labels));
        return [.. history.Flows.Select(pair => Line(pair.Key, pair.Value)).Order(StringComparer.Ordinal)];
    }

    private static string Line(FlowId id, FlowTotal total) =>
        $"{(id.Egress ? "out" : "in")} {id.Peer.Kind} {(id.Peer.Pods is { } pods ? $"{pods.Namespace}/{string.Join(',', pods.Labels.Select(l => $"{l.Key}={l.Value}"))} " : "")}"
        + $"{total.LastAddress} {id.Protocol} {id.Port} x{total.Count}{(total.Name is { } name ? $" ({name})" : "")}";

    private sealed class Peers : IPeerLookup
    {
        public Dictionary<string, (PeerSelector Pods, ushort Target, ulong FromNs)> Known { get; } = [];

        public Dictionary<string, (PeerSelector Pods, ulong FromNs)> Later { get; } = [];

        public bool TryFind(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs, [NotNullWhen(true)] out PeerSelector? peer, out ushort targetPort)
        {
            targetPort = 0;
            if (Later.TryGetValue(address.ToString(), out var later) && timeNs >= later.FromNs)
            {
                peer = later.Pods;
                return true;
            }

            bool known = Known.TryGetValue(address.ToString(), out var found);
            peer = found.Pods;
            targetPort = port == 0 ? (ushort)0 : found.Target;
            return known;
        }

        public bool MayBeToldLater(NetAddress address, ulong timeNs) => address.IsPrivate;
    }

    private sealed class Nodes : INodeLookup
    {
        public FlowPeerKind Find(NetAddress address, ulong timeNs) => address.ToString() == "192.0.2.1" ? FlowPeerKind.OwnNode : FlowPeerKind.Address;
    }
}
