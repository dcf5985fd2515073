// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.NetworkPolicy.Outputs;
using static NodeAgent.NetworkPolicy.Tests.Neighborhoods;

namespace NodeAgent.NetworkPolicy.Tests.Outputs;

public sealed class PolicyDocumentTests
{
    private static readonly (PolicyKind Kind, string Schema)[] Kinds =
        [(PolicyKind.Kubernetes, "networkpolicy"), (PolicyKind.Cilium, "ciliumnetworkpolicy"), (PolicyKind.Admin, "adminnetworkpolicy")];

    private static readonly NetworkNeighbor[] Everything =
    [
        Address("93.184.216.34", ("TCP", 443)) with { Dns = "Example.com.", DnsNames = ["Example.com.", "www.example.com."] },
        Address("93.184.216.35", ("TCP", 443)) with { Dns = "*.example.org." },
        Address("192.168.1.10", ("TCP", 10250)),
        Address("10.0.0.9", ("TCP", 443)) with { Dns = "inside.example." },
        Address("2001:db8::1", ("UDP", 123)),
        Pods("app=db", null, ("TCP", 5432)),
        Pods("app=api,pod-template-hash=1", "shop", [.. Enumerable.Range(0, 60).Select(i => ("TCP", 100 + (i * 7)))]),
        new NetworkNeighbor { NamespaceSelector = Selector("team=a"), PodSelector = new LabelSelector { MatchExpressions = [new() { Key = "tier", Operator = "In", Values = ["x", "y"] }] }, Ports = [new() { Protocol = "SCTP", Port = 9 }] },
    ];

    [Fact]
    public void Write_AnyNeighbors_IsWhatTheKindsDefinitionsSayInWhateverOrderTheyCame() =>
        Prop.ForAll(Seeds.Any, seed =>
        {
            var random = new Random(seed);
            NetworkNeighbor[] some = [.. Everything.Where(_ => random.Next(2) == 0)];
            foreach ((PolicyKind kind, string schema) in Kinds)
            {
                JsonObject written = PolicyDocument.Write(kind, Create(some, some), []);
                Assert.Empty(SchemaValidator.Faults(schema, written));
                random.Shuffle(some);
                Assert.Equal(written.ToJsonString(), PolicyDocument.Write(kind, Create(some, some), []).ToJsonString());
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Faults_OfADocumentThatIsNone_AreFound()
    {
        foreach ((PolicyKind kind, string schema) in Kinds)
        {
            void Broken(Action<JsonObject> spoil)
            {
                JsonObject written = PolicyDocument.Write(kind, Create(Everything, Everything), []);
                spoil(written);
                Assert.NotEmpty(SchemaValidator.Faults(schema, written));
            }

            Broken(o => o["spec"]!["ingres"] = new JsonArray());
            Broken(o => o["kind"] = "Policy");
            Broken(o => o.Remove("spec"));
            Broken(o => o["metadata"]!["name"] = "Not a name");
            Broken(o => o["spec"]!["egress"]!.AsArray().Add(new JsonObject { ["to"] = new JsonArray(new JsonObject()) }));
            Broken(o => o["spec"]!["egress"] = "all");
        }
    }

    [Fact]
    public void Cilium_DestinationsWithNames_AreNamesAndTheResolverIsWatched()
    {
        JsonNode spec = PolicyDocument.Write(PolicyKind.Cilium, Create(egress: [Everything[0], Everything[1]]), [])["spec"]!;
        Assert.Equal("""{"matchLabels":{"k8s:app":"nginx"}}""", spec["endpointSelector"]!.ToJsonString());
        Assert.Equal("[{}]", spec["ingress"]!.ToJsonString()); // none, which closes it
        Assert.Equal(
            [
                """{"toEndpoints":[{"matchLabels":{"k8s:k8s-app":"kube-dns","k8s:io.kubernetes.pod.namespace":"kube-system"}}],"toPorts":[{"ports":[{"port":"53","protocol":"TCP"},{"port":"53","protocol":"UDP"}],"rules":{"dns":[{"matchPattern":"*"}]}}]}""",
                """{"toCIDR":["169.254.20.10/32"],"toPorts":[{"ports":[{"port":"53","protocol":"TCP"},{"port":"53","protocol":"UDP"}],"rules":{"dns":[{"matchPattern":"*"}]}}]}""",
                """{"toEntities":["host","remote-node","kube-apiserver"],"toPorts":[{"ports":[{"port":"53","protocol":"TCP"},{"port":"53","protocol":"UDP"}],"rules":{"dns":[{"matchPattern":"*"}]}}]}""",
                """{"toFQDNs":[{"matchPattern":"*.example.org"},{"matchName":"example.com"},{"matchName":"www.example.com"}],"toPorts":[{"ports":[{"port":"443","protocol":"TCP"}]}]}""",
            ],
            spec["egress"]!.AsArray().Select(rule => rule!.ToJsonString()));
    }

    [Theory]
    [InlineData("10.0.0.9", "inside.example.")] // names do not count inside of the cluster
    [InlineData("93.184.216.34", "not a host name")]
    public void Cilium_NameThatCannotBeMatched_StaysItsAddress(string address, string name)
    {
        string text = PolicyDocument.Write(PolicyKind.Cilium, Create(egress: [Address(address, ("TCP", 443)) with { Dns = name }]), []).ToJsonString();
        Assert.Contains($"\"{address}/32\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("toFQDNs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"rules\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Cilium_AddressCalledWithoutItsNameToo_StaysItsAddress()
    {
        NetworkNeighborhood nn = Create(egress: [Everything[0], Address("93.184.216.34", ("TCP", 443))]);
        Assert.DoesNotContain("toFQDNs", PolicyDocument.Write(PolicyKind.Cilium, nn, []).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Cilium_Pods_AreOfTheNamespacesThatWereSeen()
    {
        JsonArray ingress = PolicyDocument.Write(PolicyKind.Cilium, Create([Everything[5], Everything[7]]), [])["spec"]!["ingress"]!.AsArray();
        Assert.Equal(
            [
                """{"fromEndpoints":[{"matchExpressions":[{"key":"k8s:tier","operator":"In","values":["x","y"]}],"matchLabels":{"k8s:io.cilium.k8s.namespace.labels.team":"a"}}],"toPorts":[{"ports":[{"port":"9","protocol":"SCTP"}]}]}""",
                """{"fromEndpoints":[{"matchLabels":{"k8s:app":"db"}}],"toPorts":[{"ports":[{"port":"5432","protocol":"TCP"}]}]}""",
            ],
            ingress.Select(rule => rule!.ToJsonString()));
    }

    [Fact]
    public void Cilium_PrivateAddresses_MayBeNodesWhichAreEntities() => Assert.Equal(
        [
            """{"fromCIDR":["192.168.1.10/32"],"toPorts":[{"ports":[{"port":"10250","protocol":"TCP"}]}]}""",
            """{"fromEntities":["host","remote-node"],"toPorts":[{"ports":[{"port":"10250","protocol":"TCP"}]}]}""",
        ],
        PolicyDocument.Write(PolicyKind.Cilium, Create([Everything[2]]), [])["spec"]!["ingress"]!.AsArray().Select(rule => rule!.ToJsonString()));

    [Fact]
    public void Cilium_MoreThanFortyPorts_AreSeveralEntries()
    {
        JsonNode rule = PolicyDocument.Write(PolicyKind.Cilium, Create([Everything[6]]), [])["spec"]!["ingress"]![0]!;
        Assert.Equal([40, 20], rule["toPorts"]!.AsArray().Select(entry => entry!["ports"]!.AsArray().Count));
    }

    [Fact]
    public void Admin_WhatWasSeen_IsAllowedAndTheRestDenied()
    {
        JsonObject policy = PolicyDocument.Write(PolicyKind.Admin, Create([Everything[5], Everything[2]], [Everything[4]]), []);
        JsonNode spec = policy["spec"]!;
        Assert.Equal("web-deployment-nginx", policy["metadata"]!["name"]!.GetValue<string>());
        Assert.Equal("192.168.1.10/32", policy["metadata"]!["annotations"]!["node-agent.io/omitted-ingress-addresses"]!.GetValue<string>());
        Assert.Equal(
            """{"pods":{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"web"}},"podSelector":{"matchLabels":{"app":"nginx"}}}}""", spec["subject"]!.ToJsonString());
        Assert.Equal(
            [
                """{"name":"ingress-0","action":"Allow","from":[{"pods":{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"web"}},"podSelector":{"matchLabels":{"app":"db"}}}}],"ports":[{"portNumber":{"protocol":"TCP","port":5432}}]}""",
                """{"name":"ingress-rest","action":"Deny","from":[{"namespaces":{}}]}""",
            ],
            spec["ingress"]!.AsArray().Select(rule => rule!.ToJsonString()));
        Assert.Equal(
            """{"name":"egress-1","action":"Allow","to":[{"networks":["2001:db8::1/128"]}],"ports":[{"portNumber":{"protocol":"UDP","port":123}}]}""", spec["egress"]![1]!.ToJsonString());
        Assert.Equal(
            """{"name":"egress-rest","action":"Deny","to":[{"networks":["0.0.0.0/0","::/0"]},{"namespaces":{}}]}""", spec["egress"]![2]!.ToJsonString());
    }

    [Fact]
    public void Admin_MoreThanItsListsHold_IsSplitAndAtLastRefused()
    {
        NetworkNeighbor[] addresses = [.. Enumerable.Range(0, 5000).Select(i => Address($"10.1.{i / 250}.{i % 250}", ("TCP", 443)))];
        JsonObject policy = PolicyDocument.Write(PolicyKind.Admin, Create(egress: addresses), []);
        Assert.Empty(SchemaValidator.Faults("adminnetworkpolicy", policy));
        Assert.Equal(5001, policy["spec"]!["egress"]!.AsArray().SkipLast(1).SelectMany(rule => rule!["to"]!.AsArray()).Sum(peer => peer!["networks"]?.AsArray().Count ?? 0));
        NetworkNeighbor[] many = [.. Enumerable.Range(0, 120).Select(i => Address($"10.1.0.{i}", ("TCP", 1 + i)))];
        Assert.Contains("holds 100 rules", Assert.Throws<PolicyUnavailableException>(() => PolicyDocument.Write(PolicyKind.Admin, Create(egress: many), [])).Message, StringComparison.Ordinal);
    }
}
