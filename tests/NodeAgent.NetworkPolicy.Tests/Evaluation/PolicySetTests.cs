// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.NetworkPolicy.Evaluation;

namespace NodeAgent.NetworkPolicy.Tests.Evaluation;

public sealed class PolicySetTests
{
    private static readonly FlowEnd Web = new()
    {
        Address = IPAddress.Parse("10.0.0.1"),
        Namespace = "shop",
        NamespaceLabels = Labels("kubernetes.io/metadata.name=shop"),
        Labels = Labels("app=web,tier=front"),
        Ports = [new NamedPort("http", "TCP", 8080), new NamedPort("dns", "UDP", 53)],
    };

    private static readonly FlowEnd Other = new()
    {
        Address = IPAddress.Parse("10.0.0.2"),
        Namespace = "jobs",
        NamespaceLabels = Labels("kubernetes.io/metadata.name=jobs,team=a"),
        Labels = Labels("app=batch"),
        Ports = [new NamedPort("http", "TCP", 9090)],
    };

    [Theory]
    [InlineData("""{}""", FlowVerdict.Denied, FlowVerdict.NotSelected)] // without types: ingress
    [InlineData("""{"egress":[{}]}""", FlowVerdict.Denied, FlowVerdict.Allowed)] // and egress where it has rules
    [InlineData("""{"egress":[]}""", FlowVerdict.Denied, FlowVerdict.NotSelected)]
    [InlineData("""{"policyTypes":["Egress"]}""", FlowVerdict.NotSelected, FlowVerdict.Denied)]
    [InlineData("""{"policyTypes":["Egress"],"ingress":[{}]}""", FlowVerdict.NotSelected, FlowVerdict.Denied)]
    [InlineData("""{"policyTypes":["Ingress","Egress"],"ingress":[{}],"egress":[{}]}""", FlowVerdict.Allowed, FlowVerdict.Allowed)]
    [InlineData("""{"podSelector":{"matchLabels":{"app":"web"}}}""", FlowVerdict.Denied, FlowVerdict.NotSelected)]
    [InlineData("""{"podSelector":{"matchLabels":{"app":"other"}}}""", FlowVerdict.NotSelected, FlowVerdict.NotSelected)]
    public void Evaluate_TypesAndSelection(string spec, FlowVerdict ingress, FlowVerdict egress)
    {
        PolicySet set = Set(spec);
        Assert.Equal(ingress, set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 8080)));
        Assert.Equal(egress, set.Evaluate(new ObservedFlow(FlowDirection.Egress, Web, Other, "TCP", 9090)));
    }

    [Theory]
    [InlineData("""{"podSelector":{}}""", false)] // pods of the policy's namespace
    [InlineData("""{"podSelector":{"matchLabels":{"app":"batch"}}}""", false)]
    [InlineData("""{"namespaceSelector":{}}""", true)]
    [InlineData("""{"namespaceSelector":{"matchLabels":{"team":"a"}}}""", true)]
    [InlineData("""{"namespaceSelector":{"matchLabels":{"team":"b"}}}""", false)]
    [InlineData("""{"namespaceSelector":{},"podSelector":{"matchLabels":{"app":"batch"}}}""", true)]
    [InlineData("""{"namespaceSelector":{},"podSelector":{"matchLabels":{"app":"web"}}}""", false)]
    [InlineData("""{"namespaceSelector":{},"podSelector":{"matchExpressions":[{"key":"app","operator":"In","values":["x","batch"]}]}}""", true)]
    [InlineData("""{"namespaceSelector":{},"podSelector":{"matchExpressions":[{"key":"app","operator":"NotIn","values":["batch"]}]}}""", false)]
    [InlineData("""{"namespaceSelector":{},"podSelector":{"matchExpressions":[{"key":"zone","operator":"NotIn","values":["b"]}]}}""", true)]
    [InlineData("""{"namespaceSelector":{},"podSelector":{"matchExpressions":[{"key":"app","operator":"Exists"}]}}""", true)]
    [InlineData("""{"namespaceSelector":{},"podSelector":{"matchExpressions":[{"key":"app","operator":"DoesNotExist"}]}}""", false)]
    [InlineData("""{"ipBlock":{"cidr":"10.0.0.0/24"}}""", true)]
    [InlineData("""{"ipBlock":{"cidr":"10.0.0.0/24","except":["10.0.0.2/32"]}}""", false)]
    [InlineData("""{"ipBlock":{"cidr":"10.0.0.0/24","except":["10.0.0.4/30"]}}""", true)]
    [InlineData("""{"ipBlock":{"cidr":"::/0"}}""", false)]
    public void Evaluate_Peer(string peer, bool allowed)
    {
        PolicySet set = Set($$"""{"ingress":[{"from":[{{peer}}]}]}""");
        FlowVerdict verdict = set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 8080));
        Assert.Equal(allowed ? FlowVerdict.Allowed : FlowVerdict.Denied, verdict);
    }

    [Theory]
    [InlineData("""{}""", "TCP", 9090, true)]
    [InlineData("""{}""", "UDP", 9090, false)]
    [InlineData("""{"protocol":"UDP"}""", "UDP", 1, true)]
    [InlineData("""{"port":9090}""", "TCP", 9090, true)]
    [InlineData("""{"port":9090}""", "UDP", 9090, false)]
    [InlineData("""{"port":9000,"endPort":9090}""", "TCP", 9090, true)]
    [InlineData("""{"port":9000,"endPort":9089}""", "TCP", 9090, false)]
    [InlineData("""{"port":"http"}""", "TCP", 9090, true)] // of the pod that is connected to
    [InlineData("""{"port":"http"}""", "TCP", 8080, false)]
    [InlineData("""{"port":"http","protocol":"UDP"}""", "UDP", 9090, false)]
    [InlineData("""{"port":"none"}""", "TCP", 9090, false)]
    public void Evaluate_EgressPort(string port, string protocol, int number, bool allowed)
    {
        PolicySet set = Set($$"""{"egress":[{"ports":[{{port}}]}]}""");
        FlowVerdict verdict = set.Evaluate(new ObservedFlow(FlowDirection.Egress, Web, Other, protocol, number));
        Assert.Equal(allowed ? FlowVerdict.Allowed : FlowVerdict.Denied, verdict);
    }

    [Fact]
    public void Evaluate_NamedPortOfIngress_IsTheSelectedPods()
    {
        PolicySet set = Set("""{"ingress":[{"ports":[{"port":"http"}]}]}""");
        Assert.Equal(FlowVerdict.Allowed, set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 8080)));
        Assert.Equal(FlowVerdict.Denied, set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 9090)));
    }

    [Fact]
    public void Evaluate_SeveralPolicies_AllowTogether()
    {
        PolicySet set = Set("""{"ingress":[{"ports":[{"port":1}]}]}""", """{"ingress":[{"ports":[{"port":2}]}]}""");
        Assert.Equal(FlowVerdict.Allowed, set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 1)));
        Assert.Equal(FlowVerdict.Allowed, set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 2)));
        Assert.Equal(FlowVerdict.Denied, set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 3)));
    }

    [Fact]
    public void Evaluate_PeerWithoutAPod_IsSeenByItsAddressOnly()
    {
        var host = new FlowEnd { Address = IPAddress.Parse("::ffff:192.0.2.1") };
        var flow = new ObservedFlow(FlowDirection.Ingress, Web, host, "TCP", 8080);
        Assert.Equal(FlowVerdict.Denied, Set("""{"ingress":[{"from":[{"namespaceSelector":{}}]}]}""").Evaluate(flow));
        Assert.Equal(FlowVerdict.Allowed, Set("""{"ingress":[{"from":[{"ipBlock":{"cidr":"192.0.2.0/24"}}]}]}""").Evaluate(flow));
        Assert.Equal(FlowVerdict.Denied, Set("""{"ingress":[{"from":[{"ipBlock":{"cidr":"0.0.0.0/0"}}]}]}""").Evaluate(flow with { Peer = new FlowEnd() }));
    }

    [Fact]
    public void Evaluate_ItselfAndItsNode_AreNeverCutOff()
    {
        PolicySet set = Set("""{"policyTypes":["Ingress","Egress"]}""");
        Assert.Equal(FlowVerdict.Itself, set.Evaluate(new ObservedFlow(FlowDirection.Egress, Web, Web, "TCP", 8080)));
        var probe = new ObservedFlow(FlowDirection.Ingress, Web, new FlowEnd { Address = IPAddress.Parse("192.0.2.9") }, "TCP", 8080) { IsFromOwnNode = true };
        Assert.Equal(FlowVerdict.OwnNode, set.Evaluate(probe));
        Assert.Equal(FlowVerdict.Denied, set.Evaluate(probe with { Direction = FlowDirection.Egress }));
    }

    [Fact]
    public void Unneeded_AfterFlows_NamesWhatNoFlowNeeded()
    {
        PolicySet set = Set("""
            {"policyTypes":["Ingress","Egress"],
             "ingress":[{"from":[{"namespaceSelector":{}},{"ipBlock":{"cidr":"203.0.113.0/24"}}],"ports":[{"port":8080},{"port":8443}]},{"ports":[{"port":22}]}],
             "egress":[{}]}
            """);
        Assert.Equal(["shop/p0: spec.ingress[0]", "shop/p0: spec.ingress[1]", "shop/p0: spec.egress[0]"], set.Unneeded());
        set.Evaluate(new ObservedFlow(FlowDirection.Ingress, Web, Other, "TCP", 8080));
        Assert.Equal(
            ["shop/p0: spec.ingress[0].from[1]", "shop/p0: spec.ingress[0].ports[1]", "shop/p0: spec.ingress[1]", "shop/p0: spec.egress[0]"], set.Unneeded());
    }

    [Theory]
    [InlineData("""{"policyTypes":["ingress"]}""", "shop/p0: spec.policyTypes: 'ingress' is none of Ingress, Egress")]
    [InlineData("""{"podSelector":{"matchExpressions":[{"key":"a","operator":"in","values":["b"]}]}}""", "shop/p0: spec.podSelector.matchExpressions[0].operator: 'in' is none of In, NotIn, Exists, DoesNotExist")]
    [InlineData("""{"podSelector":{"matchExpressions":[{"key":"a","operator":"1","values":["b"]}]}}""", "shop/p0: spec.podSelector.matchExpressions[0].operator: '1' is none of In, NotIn, Exists, DoesNotExist")]
    [InlineData("""{"podSelector":{"matchExpressions":[{"key":"a","operator":"In"}]}}""", "shop/p0: spec.podSelector.matchExpressions[0].values: missing")]
    [InlineData("""{"podSelector":{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}}""", "shop/p0: spec.podSelector.matchExpressions[0].values: not allowed with Exists")]
    [InlineData("""{"podSelector":{"matchExpressions":[{"operator":"Exists"}]}}""", "shop/p0: spec.podSelector.matchExpressions[0].key: missing")]
    [InlineData("""{"ingress":[{"from":[null]}]}""", "shop/p0: spec.ingress[0].from[0]: neither a selector nor an ipBlock")]
    [InlineData("""{"podSelector":{"matchExpressions":[null]}}""", "shop/p0: spec.podSelector.matchExpressions[0].key: missing")]
    [InlineData("""{"ingress":[{"from":[{}]}]}""", "shop/p0: spec.ingress[0].from[0]: neither a selector nor an ipBlock")]
    [InlineData("""{"ingress":[{"from":[{"podSelector":{},"ipBlock":{"cidr":"10.0.0.0/8"}}]}]}""", "shop/p0: spec.ingress[0].from[0]: selectors and ipBlock exclude each other")]
    [InlineData("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.1"}}]}]}""", "shop/p0: spec.egress[0].to[0].ipBlock.cidr: '10.0.0.1' is no address block")]
    [InlineData("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["11.0.0.0/8"]}}]}]}""", "shop/p0: spec.egress[0].to[0].ipBlock.except[0]: '11.0.0.0/8' is no smaller block within 10.0.0.0/8")]
    [InlineData("""{"egress":[{"to":[{"ipBlock":{"cidr":"10.0.0.0/8","except":["10.0.0.0/8"]}}]}]}""", "shop/p0: spec.egress[0].to[0].ipBlock.except[0]: '10.0.0.0/8' is no smaller block within 10.0.0.0/8")]
    [InlineData("""{"egress":[{"ports":[{"port":0}]}]}""", "shop/p0: spec.egress[0].ports[0].port: 0 is not between 1 and 65535")]
    [InlineData("""{"egress":[{"ports":[{"port":9,"endPort":8}]}]}""", "shop/p0: spec.egress[0].ports[0].endPort: 8 is not between 9 and 65535")]
    [InlineData("""{"egress":[{"ports":[{"port":"http","endPort":8}]}]}""", "shop/p0: spec.egress[0].ports[0].endPort: only beside a port that is a number")]
    [InlineData("""{"egress":[{"ports":[{"endPort":8}]}]}""", "shop/p0: spec.egress[0].ports[0].endPort: only beside a port that is a number")]
    [InlineData("""{"egress":[{"ports":[{"protocol":"tcp"}]}]}""", "shop/p0: spec.egress[0].ports[0].protocol: 'tcp' is none of TCP, UDP, SCTP")]
    [InlineData("""{"egress":[{"ports":[{"port":""}]}]}""", "shop/p0: spec.egress[0].ports[0].port: '' is no name of a port")]
    public void Compile_WhatAClusterRefuses_NamesTheField(string spec, string fault) =>
        Assert.Equal([fault], Assert.Throws<PolicyFormatException>(() => Set(spec)).Faults);

    [Fact]
    public void Compile_NoSpec_SaysSo()
    {
        var refused = Assert.Throws<PolicyFormatException>(() => PolicySet.Compile([new Api.Networking.NetworkPolicy { Metadata = new() { Name = "x" } }]));
        Assert.Equal(["default/x: spec: missing"], refused.Faults);
    }

    private static PolicySet Set(params string[] specs) => PolicySet.Compile([.. specs.Select((spec, at) => JsonSerializer.Deserialize(
        $$"""{"metadata":{"name":"p{{at}}","namespace":"shop"},"spec":{{spec}}}""", ApiJsonContext.Default.NetworkPolicy)!)]);

    private static Dictionary<string, string> Labels(string pairs) => pairs.Split(',').Select(pair => pair.Split('=')).ToDictionary(pair => pair[0], pair => pair[1]);
}
