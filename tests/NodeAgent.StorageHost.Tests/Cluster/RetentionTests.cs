// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace NodeAgent.StorageHost.Tests.Cluster;

/// <summary>What is stored of a workload goes when the API server says that it is gone; the cluster is the recorded one.</summary>
public sealed class RetentionTests
{
    private const string Digest = "sha256:5fb54b2c6a4a1b0f4b34e4d3f36c0c0a8f5f4b6f3a0b0d1c2e3f405162738495";

    private static readonly string[] Resources =
        ["apps/deployments", "apps/statefulsets", "apps/daemonsets", "batch/cronjobs", "/replicationcontrollers"];

    private static readonly (string Recording, string Resource)[] Recorded =
    [
        ("list-deployments", "apps/deployments"), ("list-replicasets", "apps/replicasets"), ("list-statefulsets", "apps/statefulsets"), ("list-daemonsets", "apps/daemonsets"),
        ("list-jobs", "batch/jobs"), ("list-cronjobs", "batch/cronjobs"), ("list-nodes", "/nodes"), ("pods-list", "/pods"),
    ];

    [Fact]
    public async Task Workloads_OfTheRecordedCluster_KeepTheirsUntilTheyGo()
    {
        await using ClusterRig rig = await StartAsync();
        JsonObject deployment = Items("list-deployments")[0];
        JsonObject node = Items("list-nodes")[0];
        JsonObject pod = Items("pods-list").First(item => Labels(item)["pod-template-hash"] is not null && OwnerOf(item) == "ReplicaSet" && SetOf(item) == Name(deployment));
        string hash = (string)Labels(pod)["pod-template-hash"]!;
        using X509Certificate2 admin = rig.ClientAuthority.Client("admin", "system:masters");
        await PutAsync(rig, admin, "there", Workload("Deployment", Name(deployment), hash));
        await PutAsync(rig, admin, "generation-gone", Workload("Deployment", Name(deployment), "0ld0ld"));
        await PutAsync(rig, admin, "workload-gone", Workload("Deployment", "never-was", hash));
        await PutAsync(rig, admin, "another-kind", Workload("Rollout", "never-was", hash));
        await PutHostDataAsync(rig, admin, Name(node));
        await PutHostDataAsync(rig, admin, "node-that-never-was");

        await rig.UntilAsync(async () => (await NamesAsync(rig, admin, Profiles)).SequenceEqual(["another-kind", "there"]), "what is gone to be collected");
        await rig.UntilAsync(async () => (await NamesAsync(rig, admin, HostData)).SequenceEqual([Name(node)]), "the data of a node that is gone to be collected");
        rig.Api.Store.Delete("apps/deployments", "store", Name(deployment));
        await rig.UntilAsync(async () => (await NamesAsync(rig, admin, Profiles)).SequenceEqual(["another-kind"]), "the profile of a deployment that goes to be collected");
        (_, _, string metrics) = await rig.SendAsync("/metrics", certificate: admin);
        Assert.Contains("node_agent_storage_collected_total{reason=\"generation-gone\",resource=\"containerprofiles\"} 1", metrics.Replace("{resource=\"containerprofiles\",reason=\"generation-gone\"}", "{reason=\"generation-gone\",resource=\"containerprofiles\"}", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("node_agent_storage_object_bytes{resource=\"containerprofiles\"}", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_NoPodRunsIt_IsCollectedAndOneThatRunsStays()
    {
        await using ClusterRig rig = await StartAsync();
        using X509Certificate2 admin = rig.ClientAuthority.Client("admin", "system:masters");
        rig.Api.Store.Put("/pods", (JsonObject)JsonNode.Parse($$$"""
            {"metadata":{"name":"runs","namespace":"store","uid":"7"},"status":{"containerStatuses":[{"name":"a","imageID":"docker.io/library/nginx@{{{Digest}}}"}]}}
            """)!);
        string other = Digest.Replace('b', 'c');
        foreach ((string name, string digest) in ((string, string)[])[("runs", Digest), ("gone", other)])
        {
            (int code, _, string text) = await rig.SendAsync(Sboms, "POST", certificate: admin, body: $$$"""{"metadata":{"name":"{{{name}}}","annotations":{"kubescape.io/image-id":"nginx@{{{digest}}}"} } }""");
            Assert.True(code == 201, text);
        }

        await rig.UntilAsync(async () => (await NamesAsync(rig, admin, Sboms)).SequenceEqual(["runs"]), "the SBOM of an image that nobody runs to be collected");
    }

    [Fact]
    public async Task Cluster_ThatMayNotBeListed_CollectsNothing()
    {
        await using ClusterRig rig = await StartAsync(forbidden: "cronjobs");
        using X509Certificate2 admin = rig.ClientAuthority.Client("admin", "system:masters");
        await PutAsync(rig, admin, "kept", Workload("Deployment", "never-was", "x"));

        await rig.UntilAsync(() => Task.FromResult(rig.Storage.Log.Contains("waiting for the list of cronjobs.batch", StringComparison.Ordinal)), "a look at everything");
        Assert.Equal(["kept"], await NamesAsync(rig, admin, Profiles));
        rig.Api.Permit("list", "cronjobs");
    }

    private const string Profiles = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/store/containerprofiles";
    private const string Sboms = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/kubescape/sbomsyfts";
    private const string HostData = "/apis/hostdata.kubescape.cloud/v1beta1/kernelversions";

    private static async Task<ClusterRig> StartAsync(string? forbidden = null) => await ClusterRig.StartAsync(
        true,
        api =>
        {
            foreach (string resource in Resources)
            {
                api.Store.Define(resource);
            }

            foreach ((string recording, string resource) in Recorded)
            {
                Items(recording).ForEach(item => api.Store.Put(resource, item));
            }

            if (forbidden is not null)
            {
                api.Forbid("list", forbidden);
            }
        },
        "--retention-interval",
        "1s",
        "--retention-grace",
        "0s");

    private static List<JsonObject> Items(string recording) =>
        [.. ProxyTests.Recorded(recording)["response"]!["body"]!["items"]!.AsArray().Select(item => (JsonObject)item!.DeepClone())];

    private static string Name(JsonObject item) => (string)item["metadata"]!["name"]!;

    private static JsonNode Labels(JsonObject item) => item["metadata"]!["labels"] ?? new JsonObject();

    private static string? OwnerOf(JsonObject pod) => (string?)pod["metadata"]!["ownerReferences"]?[0]?["kind"];

    // Shape of a replica set's name: DEPLOYMENT-HASH.
    private static string SetOf(JsonObject pod)
    {
        string name = (string)pod["metadata"]!["ownerReferences"]![0]!["name"]!;
        return name[..name.LastIndexOf('-')];
    }

    private static string Workload(string kind, string name, string hash) => $$"""
        "labels":{"kubescape.io/workload-kind":"{{kind}}","kubescape.io/workload-name":"{{name}}","kubescape.io/workload-namespace":"store","kubescape.io/instance-template-hash":"{{hash}}"},
        "annotations":{"kubescape.io/status":"completed"}
        """;

    private static async Task PutAsync(ClusterRig rig, X509Certificate2 admin, string name, string metadata)
    {
        (int code, _, string text) = await rig.SendAsync(Profiles, "POST", certificate: admin, body: $"{{\"metadata\":{{\"name\":\"{name}\",{metadata}}}}}");
        Assert.True(code == 201, text);
    }

    private static async Task PutHostDataAsync(ClusterRig rig, X509Certificate2 admin, string node)
    {
        (int code, _, string text) = await rig.SendAsync(HostData, "POST", certificate: admin, body: $"{{\"metadata\":{{\"name\":\"{node}\"}}}}");
        Assert.True(code == 201, text);
    }

    private static async Task<IEnumerable<string>> NamesAsync(ClusterRig rig, X509Certificate2 admin, string collection) =>
        (await rig.SendAsync(collection, certificate: admin)).Json!["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!);
}
