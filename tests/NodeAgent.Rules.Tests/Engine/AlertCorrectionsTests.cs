// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

public sealed class AlertCorrectionsTests
{
    private const ulong Second = 1_000_000_000;

    [Fact]
    public void Alert_ContainerNamedLater_IsToldOnceMoreWithTheSameId()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        RuntimeAlerts first = Assert.Single(bench.Taken());
        bench.Engine.OnTick(Bench.BootNs + Second);
        Assert.Empty(bench.Taken());

        bench.Container.Identity = Named(bench, IdentitySource.Runtime);
        bench.Engine.OnTick(Bench.BootNs + (2 * Second));
        RuntimeAlerts second = Assert.Single(bench.Taken());
        bench.Engine.OnTick(Bench.BootNs + (3 * Second));
        Assert.Empty(bench.Taken());

        (RuntimeAlert before, RuntimeAlert after) = (first.Spec.Alerts[0], second.Spec.Alerts[0]);
        Assert.Equal((before.Arguments.AlertId, before.UniqueId, before.Timestamp), (after.Arguments.AlertId, after.UniqueId, after.Timestamp));
        Assert.Equal((null, true), (before.Arguments.Enriched, after.Arguments.Enriched));
        Assert.Equal(("web-0", "shop", "r.io/a:1", "web-0"), (after.PodName, after.PodNamespace, after.Image, second.Metadata.Name));
        Assert.Equal(before.Arguments.Path, after.Arguments.Path);
    }

    [Fact]
    public void Alert_PeerToldLater_IsToldOnceMoreWithWhoItWasThen()
    {
        var peers = new LatePeers();
        using var bench = new Bench(peers: peers);
        ulong met = Meet(bench);
        RuntimeAlert first = Assert.Single(bench.Taken()).Spec.Alerts[0];
        bench.Engine.OnTick(met + Second);
        Assert.Empty(bench.Taken());

        peers.Told.Add(("old", met - Second, met + Second));
        peers.Told.Add(("new", met + Second, ulong.MaxValue));
        bench.Engine.OnTick(met + (2 * Second));
        RuntimeAlert second = Assert.Single(bench.Taken()).Spec.Alerts[0];
        bench.Engine.OnTick(met + (3 * Second));
        Assert.Empty(bench.Taken());

        Assert.Null(first.Arguments.Peer);
        Assert.Equal(("Pod", "old", true), (second.Arguments.Peer?.Kind, second.Arguments.Peer?.Name, second.Arguments.Enriched));
        Assert.Equal((first.Arguments.AlertId, first.UniqueId, first.Timestamp), (second.Arguments.AlertId, second.UniqueId, second.Timestamp));
    }

    [Fact]
    public void Alert_PeerThatNobodyTellsInTime_IsLeftAsItIs()
    {
        var peers = new LatePeers();
        using var bench = new Bench(peers: peers);
        ulong met = Meet(bench);
        Assert.Single(bench.Taken());
        bench.Engine.OnTick(met + (30 * Second));
        peers.Told.Add(("late", 0, ulong.MaxValue));
        bench.Engine.OnTick(met + (31 * Second));

        Assert.Empty(bench.Taken());
    }

    /// <summary>A container of which all is known calls somebody whom it never called.</summary>
    private static ulong Meet(Bench bench)
    {
        bench.Container.Identity = Named(bench, IdentitySource.ApiServer);
        bench.Learned();
        bench.Tcp("203.0.113.7", 443);
        return bench.NowNs;
    }

    private sealed class LatePeers : IPeerNames
    {
        public List<(string Name, ulong FromNs, ulong ToNs)> Told { get; } = [];

        public AlertPeer? Find(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
            Told.Find(one => timeNs >= one.FromNs && timeNs < one.ToNs).Name is { } name ? new AlertPeer("Pod", "shop", name, null, null) : null;
    }

    [Fact]
    public void Alert_IdentityGrowsTwice_IsToldAfterEach()
    {
        using var bench = new Bench();
        bench.Open("/etc/shadow");
        bench.Container.Identity = Named(bench, IdentitySource.Files);
        bench.Engine.OnTick(Bench.BootNs + Second);
        bench.Container.Identity = Named(bench, IdentitySource.ApiServer) with { Workload = new WorkloadIdentity("apps/v1", "Deployment", "shop", "web") };
        bench.Engine.OnTick(Bench.BootNs + (2 * Second));

        Assert.Equal(["Container", "Pod", "Deployment"], bench.Taken().Select(alert => alert.Spec.Alerts[0].WorkloadKind));
    }

    [Fact]
    public void Alert_NothingBetterIsKnownOrTooLate_IsNotToldAgain()
    {
        using var bench = new Bench();
        bench.Container.Identity = Named(bench, IdentitySource.Runtime);
        bench.Open("/etc/shadow");
        Assert.Single(bench.Taken());

        bench.Container.Identity = Named(bench, IdentitySource.Runtime);
        bench.Engine.OnTick(Bench.BootNs + Second);
        Assert.Empty(bench.Taken());
        bench.Engine.OnTick(Bench.BootNs + (121 * Second));
        bench.Container.Identity = Named(bench, IdentitySource.ApiServer);
        bench.Engine.OnTick(Bench.BootNs + (122 * Second));
        Assert.Empty(bench.Taken());
    }

    [Fact]
    public void Alerts_MoreThanMayWait_AreSentAndTheOthersCounted()
    {
        using var metrics = new MetricReader();
        using var bench = new Bench(options =>
        {
            options.CorrectionCapacity = 1;
            options.Cooldown = TimeSpan.Zero;
        });
        bench.Open("/etc/shadow");
        bench.Open("/etc/shadow-");
        Assert.Equal(2, bench.Taken().Count);
        bench.Container.Identity = Named(bench, IdentitySource.Runtime);
        bench.Engine.OnTick(Bench.BootNs + Second);

        Assert.Single(bench.Taken());
        Assert.True(metrics.Read("node_agent_alert_enrichment_dropped_total") >= 1);
    }

    private static ContainerIdentity Named(Bench bench, IdentitySource source) => bench.Container.Identity with
    {
        Source = source,
        PodName = "web-0",
        PodNamespace = "shop",
        Image = "r.io/a:1",
        Workload = new WorkloadIdentity("v1", "Pod", "shop", "web-0"),
    };
}
