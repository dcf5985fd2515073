// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Net;
using NodeAgent.Interop.Platform;
using NodeAgent.Tests.Agent;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Cluster;

/// <summary>Owners of kinds that Kubernetes does not have itself, and what is read how often.</summary>
public sealed class OwnerTests : IDisposable
{
    private const string Node = "node-a";
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pod_OfARollout_HasItAsItsWorkload()
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Store.Define("argoproj.io/rollouts");
        Put(server, "apps/replicasets", "web-5d9c7", "rs", Owner("argoproj.io/v1alpha1", "Rollout", "web", "ro"));
        Put(server, "argoproj.io/rollouts", "web", "ro", string.Empty);
        PutPod(server, "a", Owner("apps/v1", "ReplicaSet", "web-5d9c7", "rs"));

        PodRecord pod = await FindAsync(server, "a", found => found.Workload.Kind == "Rollout");

        Assert.Equal(("argoproj.io/v1alpha1", "web"), (pod.Workload.ApiVersion, pod.Workload.Name));
        Assert.Equal("ReplicaSet", pod.Owner.Kind);
    }

    [Fact]
    public async Task Pod_OfACustomChain_IsFollowedToItsTop()
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Store.Define("tekton.dev/taskruns");
        server.Store.Define("tekton.dev/pipelineruns");
        Put(server, "tekton.dev/taskruns", "build-1", "tr", Owner("tekton.dev/v1", "PipelineRun", "release", "pr"));
        Put(server, "tekton.dev/pipelineruns", "release", "pr", string.Empty);
        PutPod(server, "a", Owner("tekton.dev/v1", "TaskRun", "build-1", "tr"));

        PodRecord pod = await FindAsync(server, "a", found => found.Workload.Kind == "PipelineRun");

        Assert.Equal(("release", "TaskRun"), (pod.Workload.Name, pod.Owner.Kind));
        Assert.All(server.Requests.Where(r => r.Verb == "get"), r => Assert.Contains("as=PartialObjectMetadata", r.Accept, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pods_OfAKindThatMayNotBeReadOrIsNotThere_GoByItAndItIsAskedForOnce(bool forbidden)
    {
        await using ApiServerDouble server = await ServerAsync();
        if (forbidden)
        {
            server.Store.Define("example.org/widgets");
            server.Forbid("get", "widgets");
        }

        for (int i = 0; i < 10; i++)
        {
            PutPod(server, $"p{i}", Owner("example.org/v1", "Widget", $"widget-{i}", $"w{i}"));
        }

        PodRecord pod = await FindAsync(server, "p9", _ => true);

        Assert.Equal(("Widget", "widget-9", "Widget"), (pod.Workload.Kind, pod.Workload.Name, pod.Owner.Kind));
        Assert.Single(server.Requests, r => r.Has("/widgets/"));
    }

    [Fact]
    public async Task Pods_WhilePeersAreWatched_AreWatchedOnceAndKnownToBoth()
    {
        await using ApiServerDouble server = await ServerAsync();
        PutPod(server, "a", string.Empty);
        await using ClusterWatch watch = Start(server);
        await Eventually.TrueAsync(() => server.Store.WatchesBegun >= 4, "four watches");
        PutPod(server, "b", string.Empty, "10.1.0.2");
        PutPod(server, "c", string.Empty, "10.1.0.3", "node-b");
        await Eventually.TrueAsync(() => watch.Pods.TryFind("b", out _) && Name(watch, "10.1.0.2") == "b" && Name(watch, "10.1.0.3") == "c", "the pods");

        Assert.True(watch.Pods.TryFind("a", out _));
        Assert.False(watch.Pods.TryFind("c", out _));
        Assert.Single(server.Requests, r => r.Verb == "watch" && r.Has("/pods?"));
        Assert.Single(server.Requests, r => r.Verb == "list" && r.Has("spec.nodeName"));
    }

    [Theory]
    [InlineData("kube-system", "kube-dns", "", true)]
    [InlineData("kube-system", "rke2-coredns", "kube-dns", true)]
    [InlineData("openshift-dns", "dns-default", "", true)]
    [InlineData("shop", "kube-dns", "kube-dns", false)]
    [InlineData("kube-system", "metrics-server", "metrics-server", false)]
    public async Task Service_ThatAnswersDns_HasTheRole(string ns, string name, string label, bool isDns)
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Store.Put("/services", Parse($"{{'metadata':{{'name':'{name}','namespace':'{ns}','uid':'s','labels':{{'k8s-app':'{label}'}}}},'spec':{{'clusterIPs':['10.96.0.10'],'ports':[{{'port':53,'protocol':'UDP'}}]}}}}"));
        await using ClusterWatch watch = Start(server);
        PeerMatch match = default;
        await Eventually.TrueAsync(() => (match = Find(watch, "10.96.0.10")).Kind == PeerKind.Service, "the service");

        Assert.Equal(isDns ? PeerRoles.Dns : PeerRoles.None, match.Roles);
    }

    private async Task<PodRecord> FindAsync(ApiServerDouble server, string uid, Func<PodRecord, bool> condition)
    {
        await using ClusterWatch watch = Start(server);
        PodRecord? found = null;
        await Eventually.TrueAsync(() => watch.Pods.TryFind(uid, out found) && condition(found), $"the pod {uid}");
        return found!;
    }

    private static async Task<ApiServerDouble> ServerAsync()
    {
        ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        return server;
    }

    private ClusterWatch Start(ApiServerDouble server) =>
        RecordedCluster.Watch(server, _folder.Path, Node);

    private static PeerMatch Find(ClusterWatch watch, string address) =>
        watch.Peers!.Find(NetAddress.TryParse(address, out NetAddress parsed) ? parsed : default, 53, TransportProtocol.Udp, BootClock.NowNs);

    private static string? Name(ClusterWatch watch, string address) => Find(watch, address).Object?.Name;

    private static string Owner(string apiVersion, string kind, string name, string uid) =>
        $"{{'apiVersion':'{apiVersion}','kind':'{kind}','name':'{name}','uid':'{uid}','controller':true}}";

    private static void Put(ApiServerDouble server, string resource, string name, string uid, string owner) =>
        server.Store.Put(resource, Parse($"{{'metadata':{{'name':'{name}','namespace':'shop','uid':'{uid}','ownerReferences':[{owner}]}}}}"));

    private static void PutPod(ApiServerDouble server, string uid, string owner, string address = "10.1.0.1", string node = Node) => server.Store.Put("/pods", Parse(
        $"{{'metadata':{{'name':'{uid}','namespace':'shop','uid':'{uid}','ownerReferences':[{owner}]}},'spec':{{'nodeName':'{node}'}},'status':{{'podIP':'{address}'}}}}"));

    private static JsonObject Parse(string json) => JsonNode.Parse(json.Replace('\'', '"'))!.AsObject();
}
