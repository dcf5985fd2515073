// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Admission;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Owners;
using NodeAgent.Tests.Cluster;
using NodeAgent.Tests.Operations;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Admission;

/// <summary>Whose pod a request names: of this node, of another one, of nobody.</summary>
public sealed class PodNamesTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Find_APodOfThisNode_AsksNobody()
    {
        await using ApiServerDouble server = await ServerAsync();
        var own = new PodDirectory(10, TimeSpan.FromMinutes(1), _time);
        own.Put(new PodRecord
        {
            Uid = "u-1",
            Namespace = "shop",
            Name = "web-1",
            Labels = new Dictionary<string, string> { ["app"] = "web" },
            Workload = new WorkloadIdentity("apps/v1", "Deployment", "shop", "web"),
            Containers = new Dictionary<string, PodContainer> { ["c0ffee"] = new("server", PodContainerKind.Container, "nginx:1", "sha256:1"), ["beef"] = new("sidecar", PodContainerKind.Container, "envoy", "") },
        });
        using var client = Client(server);
        var pods = new PodNames(own, Reader(client), _time);

        (ContainerIdentity identity, string node, PodSource source) = await pods.FindAsync("shop", "web-1", "server", TestContext.Current.CancellationToken);
        Assert.Equal((PodSource.Node, string.Empty), (source, node));
        Assert.Equal(("u-1", "c0ffee", "nginx:1", "web", "web"), (identity.PodUid, identity.ContainerId, identity.Image, identity.Workload.Name, identity.PodLabels["app"]));
        (identity, _, _) = await pods.FindAsync("shop", "web-1", string.Empty, TestContext.Current.CancellationToken);
        Assert.Equal(("u-1", string.Empty), (identity.PodUid, identity.ContainerId)); // which of two nobody said
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Find_APodOfAnotherNode_AsksOnceForItAndItsOwners()
    {
        await using ApiServerDouble server = await ServerAsync();
        using var client = Client(server);
        var pods = new PodNames(null, Reader(client), _time);
        for (int at = 0; at < 3; at++)
        {
            (ContainerIdentity identity, string node, PodSource source) = await pods.FindAsync("shop", "web-9", "server", TestContext.Current.CancellationToken);
            Assert.Equal((PodSource.ApiServer, "node-b"), (source, node));
            Assert.Equal(("u-9", "web", "Deployment", "web", "nginx:2"), (identity.PodUid, identity.PodLabels["app"], identity.Workload.Kind, identity.Workload.Name, identity.Image));
            Assert.Equal("00ff", identity.ContainerId);
        }

        Assert.Equal(1, server.Requests.Count(request => request.Path.EndsWith("/pods/web-9", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("shop", "gone")]
    [InlineData("shop", "../nodes/x")]
    [InlineData("shop", "web-9?x=y")]
    [InlineData("", "web-9")]
    [InlineData("SHOP", "web-9")]
    public async Task Find_APodThatIsNotThere_KnowsItsNameOnly(string ns, string name)
    {
        await using ApiServerDouble server = await ServerAsync();
        using var client = Client(server);
        (ContainerIdentity identity, _, PodSource source) = await new PodNames(null, Reader(client), _time).FindAsync(ns, name, "c", TestContext.Current.CancellationToken);

        Assert.Equal(PodSource.Nobody, source);
        Assert.Equal((ns, name, "c", UnitKind.Container), (identity.PodNamespace, identity.PodName, identity.ContainerName, identity.Kind));
        Assert.All(server.Requests, request => Assert.EndsWith("/pods/gone", request.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Find_AServerThatRefuses_IsLeftAloneForAWhile()
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Forbid("get", "pods");
        using var client = Client(server);
        var pods = new PodNames(null, Reader(client), _time);
        for (int at = 0; at < 5; at++)
        {
            Assert.Equal(PodSource.Nobody, (await pods.FindAsync("shop", "web-9", "", TestContext.Current.CancellationToken)).Source);
        }

        Assert.Single(server.Requests);
        Assert.Contains(client.MissingPermissions.All, missing => missing.Verb == "get" && missing.Resource == "pods");
        server.Permit("get", "pods");
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(PodSource.ApiServer, (await pods.FindAsync("shop", "web-9", "", TestContext.Current.CancellationToken)).Source);
        Assert.Empty(client.MissingPermissions.All);
    }

    [Fact]
    public async Task Find_ManyNamesOfAStranger_AreAskedForAtABoundedPace()
    {
        await using ApiServerDouble server = await ServerAsync();
        using var client = Client(server);
        var pods = new PodNames(null, Reader(client), _time);
        for (int at = 0; at < 100; at++)
        {
            await pods.FindAsync("shop", $"invented-{at}", "", TestContext.Current.CancellationToken);
        }

        Assert.Equal(20, server.Requests.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(PodSource.ApiServer, (await pods.FindAsync("shop", "web-9", "", TestContext.Current.CancellationToken)).Source);
    }

    [Fact]
    public async Task Find_WithoutACluster_KnowsNamesOnly() =>
        Assert.Equal(PodSource.Nobody, (await new PodNames(null, null, _time).FindAsync("shop", "web-9", "", TestContext.Current.CancellationToken)).Source);

    private PodReader Reader(Kubernetes.Kubernetes client) => new(client, NullLogger.Instance, _time) { Deadline = TimeSpan.FromSeconds(30) };

    private Kubernetes.Kubernetes Client(ApiServerDouble server) =>
        new(KubernetesClientConfiguration.BuildConfigFromConfigFile(RecordedCluster.Kubeconfig(server, _folder.Path)));

    private static async Task<ApiServerDouble> ServerAsync()
    {
        ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        server.Store.Put("/pods", JsonNode.Parse("""
            {"metadata":{"name":"web-9","namespace":"shop","uid":"u-9","labels":{"app":"web"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-5d","uid":"r","controller":true}]},
             "spec":{"nodeName":"node-b"},
             "status":{"containerStatuses":[{"name":"server","image":"nginx:2","imageID":"nginx@sha256:aa","containerID":"containerd://00ff"}]}}
            """)!.AsObject());
        server.Store.Put("apps/replicasets", JsonNode.Parse("""
            {"metadata":{"name":"web-5d","namespace":"shop","uid":"r","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"d","controller":true}]}}
            """)!.AsObject());
        return server;
    }
}
