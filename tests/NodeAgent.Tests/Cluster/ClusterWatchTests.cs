// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Enrichment.Peers;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Interop.Platform;
using NodeAgent.Tests.Agent;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Cluster;

/// <summary>Recorded objects through the client, the feeds and the tables, as the agent has them.</summary>
public sealed class ClusterWatchTests : IDisposable
{
    private const string Node = "node-a";
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("web-647f6bfc7f-frknq", "node-a", "apps/v1 ReplicaSet web-647f6bfc7f", "Deployment web", "")]
    [InlineData("nightly-29920661-768xb", "node-a", "batch/v1 Job nightly-29920661", "CronJob nightly", "nightly-")]
    [InlineData("db-0", "node-b", "apps/v1 StatefulSet db", "StatefulSet db", "db-")]
    [InlineData("logs-58vm7", "lab-node", "apps/v1 DaemonSet logs", "DaemonSet logs", "logs-")]
    [InlineData("once-gfk26", "node-b", "batch/v1 Job once", "Job once", "")]
    [InlineData("bare", "node-b", "v1 Pod bare", "Pod bare", "")]
    public async Task Pods_Recorded_HaveOwnerAndWorkload(string name, string node, string owner, string top, string alternate)
    {
        await using ApiServerDouble server = await RecordedCluster.StartAsync();
        string uid = (string)RecordedCluster.Items("pods-list").Single(p => (string?)p!["metadata"]!["name"] == name)!["metadata"]!["uid"]!;
        await using ClusterWatch watch = Start(server, node);
        PodRecord? found = null;
        await Eventually.TrueAsync(() => watch.Pods.TryFind(uid, out found), $"the pod {uid}");

        Assert.Equal(owner, $"{found!.Owner.ApiVersion} {found.Owner.Kind} {found.Owner.Name}");
        Assert.Equal(top, $"{found.Workload.Kind} {found.Workload.Name}");
        Assert.StartsWith(alternate, found.OwnerAlternateName, StringComparison.Ordinal);
        Assert.Equal(alternate.Length == 0, found.OwnerAlternateName.Length == 0);
        Assert.DoesNotContain("29920661", found.OwnerAlternateName, StringComparison.Ordinal);
        Assert.All(server.Requests.Where(r => r.Verb == "get"), r => Assert.Contains("as=PartialObjectMetadata", r.Accept, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pods_ControllerOfMany_IsAskedForOnce()
    {
        await using ApiServerDouble server = await RecordedCluster.StartAsync();
        JsonNode pod = RecordedCluster.Items("pods-list").First(p => (string?)p!["metadata"]!["ownerReferences"]?[0]?["kind"] == "ReplicaSet")!;
        for (int i = 0; i < 20; i++)
        {
            var copy = (JsonObject)pod.DeepClone();
            copy["metadata"]!["name"] = $"copy-{i}";
            copy["metadata"]!["uid"] = $"copy-{i}";
            copy["spec"]!["nodeName"] = Node;
            server.Store.Put("/pods", copy);
        }

        await using ClusterWatch watch = Start(server);
        await Eventually.TrueAsync(() => Enumerable.Range(0, 20).All(i => watch.Pods.TryFind($"copy-{i}", out PodRecord? r) && r.Workload.Kind == "Deployment"), "twenty pods");

        Assert.Single(server.Requests, r => r.Verb == "get" && r.Has("/replicasets/"));
    }

    [Fact]
    public async Task Pods_OwnerForbidden_GoByTheOwnerThatIsKnown()
    {
        await using ApiServerDouble server = await RecordedCluster.StartAsync();
        server.Forbid("get", "replicasets");
        JsonNode pod = RecordedCluster.Items("pods-list-by-node").First(p => (string?)p!["metadata"]!["ownerReferences"]?[0]?["kind"] == "ReplicaSet")!;
        string uid = (string)pod["metadata"]!["uid"]!;
        await using ClusterWatch watch = Start(server);
        await Eventually.TrueAsync(() => watch.Pods.TryFind(uid, out _), $"the pod {uid}");

        Assert.True(watch.Pods.TryFind(uid, out PodRecord? found));
        Assert.Equal("ReplicaSet", found.Workload.Kind);
    }

    [Fact]
    public async Task Peers_Recorded_AreNamed()
    {
        await using ApiServerDouble server = await RecordedCluster.StartAsync();
        await using ClusterWatch watch = Start(server);
        await Eventually.TrueAsync(() => Find(watch, "10.96.0.1", 443).Kind == PeerKind.Service && Find(watch, "10.244.1.15", 8080).Kind == PeerKind.Pod, "peers");

        PeerMatch kubernetes = Find(watch, "10.96.0.1", 443);
        Assert.Equal(("default", "kubernetes", PeerRoles.ApiServer), (kubernetes.Object!.Namespace, kubernetes.Object.Name, kubernetes.Roles));
        JsonNode web = RecordedCluster.Items("list-services").Single(s => (string?)s!["metadata"]!["name"] == "web")!;
        PeerMatch service = Find(watch, (string)web["spec"]!["clusterIP"]!, 80);
        await Eventually.TrueAsync(() => (service = Find(watch, (string)web["spec"]!["clusterIP"]!, 80)).TargetPort == 8080, "the port behind the name 'http'");
        Assert.Equal((PeerKind.Service, "web"), (service.Kind, service.Object!.Name));
        Assert.Equal("web-647f6bfc7f-frknq", Find(watch, "10.244.1.15", 8080).Object!.Name);

        // Each recorded address leads to its pod, or, where it is the host's, to no pod at all.
        foreach (JsonNode? pod in RecordedCluster.Items("pods-list"))
        {
            foreach (JsonNode? ip in pod!["status"]!["podIPs"]?.AsArray() ?? [])
            {
                PeerMatch match = Find(watch, (string)ip!["ip"]!, 0);
                bool own = (bool?)pod["spec"]!["hostNetwork"] != true && (string?)pod["status"]!["phase"] is not ("Succeeded" or "Failed");
                Assert.Equal(own ? (string?)pod["metadata"]!["name"] : null, match.Kind == PeerKind.Pod ? match.Object!.Name : null);
            }
        }
    }

    [Fact]
    public async Task Peers_NothingButNames_IsNoFault()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        string longName = string.Join('.', Enumerable.Repeat("Name", 50)) + ".x";
        string[] odd = ["{}", "{\"spec\":null,\"status\":null}", "{\"spec\":{},\"status\":{\"podIPs\":null,\"addresses\":null,\"loadBalancer\":{\"ingress\":null}}}",
            "{\"spec\":{\"ports\":null,\"clusterIPs\":null,\"clusterIP\":\"None\"},\"status\":{\"podIP\":\"nonsense\"}}"];
        foreach (string resource in (string[])["/pods", "/services", "/nodes", "discovery.k8s.io/endpointslices"])
        {
            for (int i = 0; i < odd.Length; i++)
            {
                var item = (JsonObject)JsonNode.Parse(odd[i])!;
                item["metadata"] = new JsonObject { ["name"] = longName + i, ["uid"] = $"{resource}-{i}", ["labels"] = null, ["ownerReferences"] = null };
                server.Store.Put(resource, item);
            }
        }

        var last = (JsonObject)JsonNode.Parse($$$"""{"metadata":{"name":"last","namespace":"x","uid":"last"},"spec":{"nodeName":"{{{Node}}}"},"status":{"podIP":"10.9.9.9"}}""")!;
        server.Store.Put("/pods", last);
        await using ClusterWatch watch = Start(server);
        await Eventually.TrueAsync(() => watch.Pods.TryFind("last", out _) && Find(watch, "10.9.9.9", 80).Kind == PeerKind.Pod, "the last pod");

        Assert.True(watch.Pods.TryFind("last", out PodRecord? record));
        Assert.Equal(("v1", "Pod", "last"), (record.Owner.ApiVersion, record.Owner.Kind, record.Owner.Name));
    }

    [Theory]
    [InlineData("1999-01-01T00:00:00Z")]
    [InlineData("2099-12-31T23:59:59Z")]
    public async Task Peers_ClocksApart_AreNamedByOurOwn(string theirs)
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        server.Store.Put("/pods", (JsonObject)JsonNode.Parse($$$"""
            {"metadata":{"name":"web","namespace":"shop","uid":"u","creationTimestamp":"{{{theirs}}}"},
             "spec":{"nodeName":"{{{Node}}}"},"status":{"podIP":"10.9.9.9","startTime":"{{{theirs}}}","conditions":[{"type":"Ready","lastTransitionTime":"{{{theirs}}}"}]}}
            """)!);
        await using ClusterWatch watch = Start(server);
        await Eventually.TrueAsync(() => Find(watch, "10.9.9.9", 80).Kind == PeerKind.Pod && watch.Pods.TryFind("u", out _), "the pod");

        server.Store.Delete("/pods", "shop", "web");
        await Eventually.TrueAsync(() => Find(watch, "10.9.9.9", 80).Kind != PeerKind.Pod, "the address without an owner");
        Assert.Equal(PeerKind.Unknown, Find(watch, "10.9.9.9", 80).Kind);
    }

    [Fact]
    public async Task ContainerTable_PodToldAfterItsContainer_CompletesIt()
    {
        const string uid = "11112222-3333-4444-5555-666677778888";
        string id = new('a', 64);
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        await using ClusterWatch watch = Start(server);
        using var rig = new Pipeline.PipelineRig(watch.Pods);
        rig.WithUnit($"kubepods/pod{uid}/{id}");
        ContainerInfo container = rig.Enrichment.Containers.Find(Pipeline.PipelineRig.CgroupId)!;
        Assert.Equal(string.Empty, container.Identity.PodName);

        server.Store.Put("/pods", (JsonObject)JsonNode.Parse($$$"""
            {"metadata":{"name":"web-0","namespace":"shop","uid":"{{{uid}}}","labels":{"app":"web","controller-revision-hash":"web-7f"},
             "ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"web","uid":"s","controller":true}]},
             "spec":{"nodeName":"{{{Node}}}","serviceAccountName":"robot"},
             "status":{"initContainerStatuses":[{"name":"prepare","containerID":"containerd://{{{id}}}","image":"busybox:1","imageID":"busybox@sha256:abc"}]}}
            """)!);
        ulong tick = 2;
        await Eventually.TrueAsync(
            () =>
            {
                rig.Tick(tick++);
                return container.Identity.PodName.Length != 0;
            },
            "the pod's name");

        ContainerIdentity identity = container.Identity;
        Assert.Equal(("web-0", "shop", "prepare", PodContainerKind.InitContainer), (identity.PodName, identity.PodNamespace, identity.ContainerName, identity.ContainerKind));
        Assert.Equal(("StatefulSet", "web", "web-7f", "robot"), (identity.Workload.Kind, identity.Workload.Name, identity.OwnerAlternateName, identity.ServiceAccount));
        Assert.Equal(("busybox:1", "sha256:abc"), (identity.Image, identity.ImageDigest));
    }

    [Fact]
    public void TryStart_NoneOrUnusable_SaysSo()
    {
        Assert.Null(ClusterWatch.TryStart(new KubernetesSettings { Kubeconfig = KubernetesSettings.None }, Node, NullLoggerFactory.Instance, TimeProvider.System));
        ConfigurationException error = Assert.Throws<ConfigurationException>(
            () => ClusterWatch.TryStart(new KubernetesSettings { Kubeconfig = "/nowhere/config" }, Node, NullLoggerFactory.Instance, TimeProvider.System));
        Assert.Contains("'kubernetes.kubeconfig'", error.Message, StringComparison.Ordinal);
    }

    private static PeerMatch Find(ClusterWatch watch, string address, ushort port) =>
        watch.Peers!.Find(NetAddress.TryParse(address, out NetAddress parsed) ? parsed : default, port, TransportProtocol.Tcp, BootClock.NowNs);

    private ClusterWatch Start(ApiServerDouble server, string node = Node) =>
        RecordedCluster.Watch(server, _folder.Path, node);
}
