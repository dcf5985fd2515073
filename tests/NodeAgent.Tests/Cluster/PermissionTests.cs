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

        Assert.Equal(PermissionCheck.Needed(OfPods()), answers.Select(answer => answer.Request));
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

    [Fact]
    public async Task Check_WebhookAndRulesOfTheCluster_AreAskedForToo()
    {
        await using ApiServerDouble server = await ServerAsync();
        server.Store.Define("/namespaces");
        server.Store.Define("kubescape.io/rules");
        server.Store.Define("kubescape.io/runtimerulealertbindings");
        server.Forbid("get", "pods");
        server.Forbid("watch", "namespaces");
        AgentOptions options = OfPods();
        options.Admission.Address = "0.0.0.0:8443";
        options.Rules.Cluster = true;

        IReadOnlyList<PermissionAnswer> answers = await CheckAsync(server, options);

        Assert.Equal(
            ["get pods", "list rules.kubescape.io", "watch rules.kubescape.io", "list runtimerulealertbindings.kubescape.io", "watch runtimerulealertbindings.kubescape.io",
                "list ruleexceptions.kubescape.io", "watch ruleexceptions.kubescape.io", "list namespaces", "watch namespaces"],
            answers.Skip(PermissionCheck.Needed(OfPods()).Count).Select(answer => $"{answer.Request.Verb} {answer.Request.Resource}"));
        Assert.Equal(["get pods", "watch namespaces"], Of(PermissionState.Missing));

        // Whose definition nobody installed there is nothing to permit.
        Assert.Equal(["list ruleexceptions.kubescape.io", "watch ruleexceptions.kubescape.io"], Of(PermissionState.Unknown));

        IEnumerable<string> Of(PermissionState state) => answers.Where(answer => answer.State == state).Select(answer => $"{answer.Request.Verb} {answer.Request.Resource}");
    }

    private static AgentOptions OfPods() => new() { NodeName = "node-a", Rules = { Cluster = false } };

    private async Task<IReadOnlyList<PermissionAnswer>> CheckAsync(ApiServerDouble server, AgentOptions? options = null)
    {
        var settings = new KubernetesSettings { Kubeconfig = RecordedCluster.Kubeconfig(server, _folder.Path) };
        using var client = new Kubernetes.Kubernetes(KubernetesAccess.Find(settings, NullLogger.Instance)!);
        return await PermissionCheck.RunAsync(client, options ?? OfPods(), TestContext.Current.CancellationToken);
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
