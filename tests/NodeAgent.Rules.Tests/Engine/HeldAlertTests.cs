// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Profiles;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

/// <summary>Egress to addresses of the cluster that belong to pods of which nobody was told yet.</summary>
public sealed class HeldAlertTests : IDisposable
{
    private const ulong Second = 1_000_000_000;
    private const string Address = "10.1.2.3";
    private readonly LatePeers _peers = new();
    private readonly Bench _bench;
    private readonly PeerProfile _profile;

    public HeldAlertTests()
    {
        _profile = new PeerProfile(_peers);
        _bench = new Bench(options => options.IncludePrivateAddresses = true, peers: _peers);
        _bench.Container.Identity = _bench.Container.Identity with { Source = IdentitySource.ApiServer };
        _bench.Profiles.Set(_bench.Container, _profile);
    }

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Peer_ToldWhileItWaitsAndAllowed_IsNoAlertAndCounted()
    {
        using var metrics = new MetricReader();
        _bench.Tcp(Address, 8080);
        _bench.Engine.OnTick(_bench.NowNs + Second);
        Assert.Empty(_bench.Taken());

        _peers.Owner = "web";
        _profile.Allowed = "web";
        _bench.Engine.OnTick(_bench.NowNs + (2 * Second));
        _bench.Engine.OnTick(_bench.NowNs + (60 * Second));

        Assert.Empty(_bench.Taken());
        Assert.True(metrics.Read("node_agent_alert_suppressed_total", "peer_expected") >= 1);
        Assert.Equal(_bench.NowNs, _profile.AskedNs);
    }

    [Fact]
    public void Peer_ToldWhileItWaitsAndNotAllowed_IsOneAlertWithItsName()
    {
        _bench.Tcp(Address, 8080);
        Assert.Empty(_bench.Taken());
        _peers.Owner = "database";
        _profile.Allowed = "web";
        _bench.Engine.OnTick(_bench.NowNs + Second);
        _bench.Engine.OnTick(_bench.NowNs + (60 * Second));

        RuntimeAlert alert = Assert.Single(_bench.Taken()).Spec.Alerts[0];
        Assert.Equal(("R0011", "database", null), (alert.RuleId, alert.Arguments.Peer?.Name, alert.Arguments.Enriched));
    }

    [Fact]
    public void Peer_ThatNobodyTells_IsAnAlertWhenThePatienceEnds()
    {
        _bench.Tcp(Address, 8080);
        _bench.Engine.OnTick(_bench.NowNs + (19 * Second));
        Assert.Empty(_bench.Taken());
        _bench.Engine.OnTick(_bench.NowNs + (20 * Second));

        Assert.Equal(Address, Assert.Single(_bench.Taken()).Spec.Alerts[0].Arguments.Ip);
    }

    [Fact]
    public void Peer_Public_IsAnAlertAtOnce()
    {
        _bench.Tcp("203.0.113.7", 443);
        _bench.Tcp("2001:4860:4860::8888", 443);

        Assert.Equal(2, _bench.Taken().Count);
    }

    [Fact]
    public void Peer_KnownAlready_IsAnAlertAtOnce()
    {
        _peers.Owner = "database";
        _bench.Tcp(Address, 8080);

        Assert.Equal("database", Assert.Single(_bench.Taken()).Spec.Alerts[0].Arguments.Peer?.Name);
    }

    [Fact]
    public void Stop_WithWaitingAlerts_LetsThemOut()
    {
        _bench.Tcp(Address, 8080);
        _bench.Engine.Stop();

        Assert.Single(_bench.Taken());
    }

    [Fact]
    public void Repeats_WhileItWaits_AreCountedWithIt()
    {
        _bench.Tcp(Address, 8080);
        _bench.Tcp(Address, 8080);
        _bench.Tcp(Address, 8080);
        _bench.Engine.OnTick(_bench.NowNs + (20 * Second));
        Assert.Single(_bench.Taken());

        _bench.Engine.Stop();
        Assert.Equal(2, Assert.Single(_bench.Taken()).Spec.Alerts[0].Arguments.RepeatCount);
    }

    [Fact]
    public void Withdrawn_AndLaterSomebodyElseHasTheAddress_IsJudgedAnew()
    {
        _bench.Tcp(Address, 8080);
        _peers.Owner = "web";
        _profile.Allowed = "web";
        _bench.Engine.OnTick(_bench.NowNs + Second);
        Assert.Empty(_bench.Taken());

        _peers.Owner = "intruder";
        _profile.Allowed = "nobody";
        _bench.NowNs += 30 * Second;
        _bench.Tcp(Address, 8080);
        Assert.Equal("intruder", Assert.Single(_bench.Taken()).Spec.Alerts[0].Arguments.Peer?.Name);
    }

    [Fact]
    public void MoreThanMayWait_LeaveAtOnceAndAreCounted()
    {
        using var metrics = new MetricReader();
        using var bench = new Bench(
            options =>
            {
                options.IncludePrivateAddresses = true;
                options.CorrectionCapacity = 1;
            },
            peers: _peers);
        bench.Profiles.Set(bench.Container, _profile);
        bench.Tcp(Address, 1);
        bench.Tcp(Address, 2);

        Assert.Equal(2, Assert.Single(bench.Taken()).Spec.Alerts[0].Arguments.Port);
        Assert.True(metrics.Read("node_agent_alert_held_full_total") >= 1);
    }

    /// <summary>Knows who has every address, once it was told.</summary>
    private sealed class LatePeers : IPeerNames
    {
        public string? Owner { get; set; }

        public AlertPeer? Find(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
            Owner is null ? null : new AlertPeer("Pod", "shop", Owner, null, null);

        public bool MayBeToldLater(NetAddress address, ulong timeNs) => Owner is null;
    }

    /// <summary>Allows one peer by its name.</summary>
    private sealed class PeerProfile(LatePeers peers) : ProfileView
    {
        public string Allowed { get; set; } = string.Empty;

        public ulong AskedNs { get; private set; }

        public override string Name => "p";

        public override string Status => CompletedStatus;

        public override string Completion => "complete";

        public override string Checksum => string.Empty;

        public override bool WasExecuted(ReadOnlySpan<byte> path) => true;

        public override bool WasOpened(ReadOnlySpan<byte> path) => true;

        public override bool IsDomainInEgress(ReadOnlySpan<byte> name) => true;

        public override bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol) => false;

        public override bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs)
        {
            AskedNs = timeNs;
            return peers.Owner == Allowed;
        }
    }
}
