// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Events.Net;
using NodeAgent.NetworkPolicy.Evaluation;
using NodeAgent.Policies;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;
using NodeAgent.Tests.Pipeline;

namespace NodeAgent.Tests.Policies;

public sealed class RecordedFlowsTests
{
    private readonly FlowHistory _history = new();

    [Fact]
    public void Run_FlowsOfAHistory_AreJudgedWithTheirCountsAndDates()
    {
        FlowWorkload web = _history.Workload("shop", "deployment-web", [new("app", "web")], isOnHostNetwork: false);
        Add(web, FlowPeer.Of(new PeerSelector("shop", [new("app", "db")])), 5432, count: 7);
        Add(web, FlowPeer.Of(Addresses.Of("203.0.113.9")), 443, count: 3, name: "api.example");
        Add(web, FlowPeer.Of(Addresses.Of("2001:db8::1")), 443, count: 0);
        PolicyReplay replay = Replay("""{"podSelector":{"matchLabels":{"app":"web"}},"policyTypes":["Egress"],"egress":[{"to":[{"podSelector":{"matchLabels":{"app":"db"}}}],"ports":[{"port":5432},{"port":5433}]}]}""");

        Assert.Equal((3, 11L, 1, 2, 4L), (replay.Flows, replay.Connections, replay.Allowed, replay.Denied.Count, replay.DeniedConnections));
        JsonObject json = PolicyReplayText.ToJson(replay);
        Assert.Equal(
            [
                """{"direction":"Egress","workload":"shop/deployment-web","peer":"203.0.113.9 (api.example)","port":"TCP 443","count":3,"firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-01T01:00:00Z"}""",
                """{"direction":"Egress","workload":"shop/deployment-web","peer":"2001:db8::1","port":"TCP 443","count":1,"firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-01T01:00:00Z"}""",
            ],
            json["denied"]!.AsArray().Select(flow => flow!.ToJsonString()));
        Assert.Equal(["shop/p: spec.egress[0].ports[1]"], replay.NeverSeen);
        var text = new StringWriter();
        PolicyReplayText.Print(replay, text);
        Assert.Contains("3 flows (11 connections): 1 allowed, 2 denied (4 connections), 0 of pods that no policy selects", text.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"Egress +shop/deployment-web +203\.0\.113\.9 \(api\.example\) +TCP 443 +3 +2026-01-01T01:00:00Z", text.ToString());
    }

    [Fact]
    public void Run_PodAddress_IsKnownToBlocksToo()
    {
        FlowWorkload web = _history.Workload("shop", "deployment-web", [new("app", "web")], isOnHostNetwork: false);
        Add(web, FlowPeer.Of(new PeerSelector("jobs", [new("app", "db")])), 5432, address: "10.244.1.5");
        Assert.Empty(Replay("""{"policyTypes":["Egress"],"egress":[{"to":[{"ipBlock":{"cidr":"10.244.0.0/16"}}]}]}""").Denied);
        Assert.Empty(Replay("""{"policyTypes":["Egress"],"egress":[{"to":[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"jobs"}}}]}]}""").Denied);
        Assert.Single(Replay("""{"policyTypes":["Egress"],"egress":[{"to":[{"podSelector":{}}]}]}""").Denied); // of the own namespace
    }

    [Fact]
    public void Run_OwnNodeAndHostNetwork_AreWhatNoPolicyCuts()
    {
        FlowWorkload web = _history.Workload("shop", "deployment-web", [new("app", "web")], isOnHostNetwork: false);
        FlowWorkload host = _history.Workload("shop", "daemonset-agent", [new("app", "agent")], isOnHostNetwork: true);
        Add(web, FlowPeer.Of(Addresses.Of("192.168.1.10"), FlowPeerKind.OwnNode), 8080, egress: false);
        Add(host, FlowPeer.Of(Addresses.Of("203.0.113.9")), 443);
        PolicyReplay replay = Replay("""{"policyTypes":["Ingress","Egress"]}""");
        Assert.Equal((1, 0, 1), (replay.Allowed, replay.Denied.Count, replay.NotSelected));
        Add(web, FlowPeer.Of(Addresses.Of("192.168.1.11"), FlowPeerKind.Node), 8080, egress: false);
        Assert.Single(Replay("""{"policyTypes":["Ingress","Egress"]}""").Denied);
    }

    private void Add(FlowWorkload workload, FlowPeer peer, ushort port, long count = 1, bool egress = true, string? address = null, string? name = null) => _history.Add(
        new FlowId(workload, peer, port, TransportProtocol.Tcp, egress),
        new FlowTotal(count, 1767225600, 1767229200, address is null ? peer.Address : Addresses.Of(address), name));

    private PolicyReplay Replay(string spec) => PolicyReplay.Run(
        PolicySet.Compile([JsonSerializer.Deserialize($$"""{"metadata":{"name":"p","namespace":"shop"},"spec":{{spec}}}""", ApiJsonContext.Default.NetworkPolicy)!]),
        new RecordedFlows(_history).All());
}
