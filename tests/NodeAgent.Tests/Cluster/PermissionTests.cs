// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Tests.Agent;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Cluster;

/// <summary>Permissions that the agent was not given: which ones is said, and nothing gets a wrong name for want of them.</summary>
public sealed class PermissionTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_EverythingGranted_SaysSo()
    {
        await using ApiServerDouble server = await ServerAsync();

        IReadOnlyList<PermissionAnswer> answers = await CheckAsync(server);

        Assert.Equal(PermissionCheck.Needed(new KubernetesSettings()), answers.Select(answer => answer.Request));
        Assert.All(answers, answer => Assert.True(answer.State == PermissionState.Granted, answer.ToString()));
    }

    [Fact]
    public async Task Check_SomeMissing_AreNamed()
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Forbid("watch", "pods");
        server.Forbid("get", "jobs");

        IReadOnlyList<PermissionAnswer> answers = await CheckAsync(server);

        PermissionAnswer[] missing = [.. answers.Where(answer => answer.State == PermissionState.Missing)];
        Assert.Equal(["watch pods", "get jobs.batch"], missing.Select(answer => $"{answer.Request.Verb} {answer.Request.Resource}"));
        Assert.All(missing, answer => Assert.Contains("forbidden", answer.Reason, StringComparison.Ordinal));
        Assert.All(answers.Except(missing), answer => Assert.Equal(PermissionState.Granted, answer.State));
    }

    [Fact]
    public async Task Check_CredentialsRefused_IsNoMissingPermission()
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Tokens = new HashSet<string> { "another" };

        Assert.All(await CheckAsync(server), answer => Assert.Equal(PermissionState.Unknown, answer.State));
    }

    [Theory]
    [InlineData("apps/v1", "ReplicaSet", "replicasets", "replicasets.apps")]
    [InlineData("batch/v1", "Job", "jobs", "jobs.batch")]
    [InlineData("v1", "ReplicationController", "replicationcontrollers", "replicationcontrollers")]
    [InlineData("example.org/v1", "Widget", "widgets", "widgets.example.org")]
    public async Task Owner_ThatMayNotBeRead_IsNamedInTheMetricAndThePodGoesByIt(string apiVersion, string kind, string plural, string resource)
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Forbid("get", plural);
        server.Store.Put("/pods", JsonNode.Parse($$$"""
            {"metadata":{"name":"a","namespace":"shop","uid":"a","ownerReferences":[{"apiVersion":"{{{apiVersion}}}","kind":"{{{kind}}}","name":"owner","uid":"o","controller":true}]},
             "spec":{"nodeName":"node-a"}}
            """)!.AsObject());
        using var metrics = new MetricReader("node_agent_kubernetes_missing_permission");
        await using ClusterWatch watch = RecordedCluster.Watch(server, _folder.Path, "node-a");
        PodRecord? pod = null;
        await Eventually.TrueAsync(() => watch.Pods.TryFind("a", out pod), "the pod");

        Assert.Equal((kind, "owner"), (pod!.Workload.Kind, pod.Workload.Name));
        await Eventually.TrueAsync(() => metrics.Read().Contains($"get {resource}"), $"the missing permission among {string.Join(", ", metrics.Read())}");
    }

    private async Task<IReadOnlyList<PermissionAnswer>> CheckAsync(ApiServerDouble server)
    {
        var settings = new KubernetesSettings { Kubeconfig = RecordedCluster.Kubeconfig(server, _folder.Path) };
        using var client = new Kubernetes.Kubernetes(KubernetesAccess.Find(settings, NullLogger.Instance)!);
        return await PermissionCheck.RunAsync(client, settings, "node-a", TestContext.Current.CancellationToken);
    }

    private static async Task<ApiServerDouble> ServerAsync()
    {
        ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        server.Store.Define("/replicationcontrollers");
        server.Store.Define("example.org/widgets");
        return server;
    }
}
