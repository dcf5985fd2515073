// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Cluster;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Wire;
using NodeAgent.Pipeline;
using NodeAgent.Profiles.Learning;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

/// <summary>A completed profile, and egress to pods of which the API server tells a second later: the stages as the agent has them.</summary>
public sealed class UnnamedEgressTests : IAsyncDisposable
{
    private const ulong Second = 1_000_000_000;
    private static readonly byte[] Here = [10, 0, 0, 1];
    private static readonly byte[] Learned = [10, 1, 0, 2];
    private static readonly byte[] Another = [10, 1, 0, 3];
    private readonly PeerTable _table = new(new PeerTableOptions());
    private readonly ProfileLearner _learner;
    private readonly RuleEngine _engine;
    private readonly PipelineRig _rig;

    public UnnamedEgressTests()
    {
        var peers = new ClusterPeers(_table);
        var options = new ProfileOptions { LearningPeriod = TimeSpan.FromSeconds(10), InitialDelay = TimeSpan.FromSeconds(1) };
        _learner = new ProfileLearner(options, new NoNames(), TimeProvider.System, NullLogger<ProfileLearner>.Instance, peers: peers);
        _engine = new RuleEngine(
            new RulesOptions { IncludePrivateAddresses = true }, new AlertOrigin { NodeName = "n", AgentVersion = "1", ClusterName = "c" },
            new CompletedProfiles(_learner, peers), TimeProvider.System, NullLogger<RuleEngine>.Instance, peers: peers);
        _rig = new PipelineRig(_engine, _learner);
        _rig.Tick(100 * Second);
        _rig.WithUnit("web", 100 * Second);
        Put("learned", "10.1.0.2", "api", 90 * Second);
        Connect(Learned, 101 * Second);
        _rig.Tick(115 * Second);
        _rig.Tick(116 * Second);
    }

    public async ValueTask DisposeAsync()
    {
        await _learner.DisposeAsync();
        _engine.Dispose();
        _rig.Dispose();
    }

    [Fact]
    public void Connect_ToAReplicaThatIsToldASecondLater_IsNoAlert()
    {
        Connect(Another, 200 * Second);
        Put("replica", "10.1.0.3", "api", 201 * Second);
        _rig.Tick(202 * Second);
        _rig.Tick(300 * Second);

        Assert.Empty(Alerts());
    }

    [Fact]
    public void Connect_ToAStrangerThatIsToldASecondLater_IsAnAlertWithItsName()
    {
        Connect(Another, 200 * Second);
        Assert.Empty(Alerts());
        Put("stranger", "10.1.0.3", "database", 201 * Second);
        _rig.Tick(202 * Second);

        RuntimeAlert alert = Assert.Single(Alerts());
        Assert.Equal(("R0011", "stranger", "Pod"), (alert.RuleId, alert.Arguments.Peer?.Name, alert.Arguments.Peer?.Kind));
    }

    [Fact]
    public void Connect_ToNobodysAddress_IsAnAlertAfterThePatience()
    {
        Connect(Another, 200 * Second);
        _rig.Tick(219 * Second);
        Assert.Empty(Alerts());
        _rig.Tick(221 * Second);

        Assert.Equal("10.1.0.3", Assert.Single(Alerts()).Arguments.Ip);
    }

    private void Connect(byte[] peer, ulong timeNs) => _rig.Feed(RecordBuilder.Tcp(EventKind.TcpConnect, Here, 40000, peer, 80, timeNs: timeNs));

    private void Put(string name, string address, string app, ulong timeNs) => _table.Put(
        new PeerObject { Kind = PeerKind.Pod, Uid = name, Namespace = "shop", Name = name, Labels = new Dictionary<string, string> { ["app"] = app } }, [Addresses.Of(address)], timeNs);

    private RuntimeAlert[] Alerts()
    {
        var alerts = new List<RuntimeAlert>();
        while (_engine.Alerts.TryRead(out RuntimeAlerts? one))
        {
            alerts.AddRange(one.Spec.Alerts);
        }

        return [.. alerts];
    }
}
