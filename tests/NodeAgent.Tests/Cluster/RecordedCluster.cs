// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Cluster;
using NodeAgent.Configuration;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Cluster;

/// <summary>The API server double with the objects that a real kube-apiserver 1.30 was recorded to have.</summary>
internal static class RecordedCluster
{
    private static readonly (string Recording, string Resource)[] Lists =
    [
        ("pods-list", "/pods"), ("list-services", "/services"), ("list-endpointslices", "discovery.k8s.io/endpointslices"),
        ("list-nodes", "/nodes"), ("list-replicasets", "apps/replicasets"), ("list-jobs", "batch/jobs"),
    ];

    public static async Task<ApiServerDouble> StartAsync()
    {
        ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        foreach ((string recording, string resource) in Lists)
        {
            foreach (JsonNode? item in Items(recording))
            {
                server.Store.Put(resource, (JsonObject)item!.DeepClone());
            }
        }

        return server;
    }

    public static JsonArray Items(string recording) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Recorded", recording + ".json")))!["response"]!["body"]!["items"]!.AsArray();

    /// <summary>The watch of an agent on this node that follows this server.</summary>
    public static ClusterWatch Watch(ApiServerDouble server, string folder, string node) =>
        ClusterWatch.TryStart(
            new KubernetesSettings { Kubeconfig = Kubeconfig(server, folder) }, node, NullLoggerFactory.Instance, TimeProvider.System)!;

    /// <summary>A kubeconfig that is let in.</summary>
    public static string Kubeconfig(ApiServerDouble server, string folder)
    {
        string path = Path.Combine(folder, "kubeconfig-of-double");
        File.WriteAllText(Path.Combine(folder, "double.pem"), server.Authority.Pem);
        File.WriteAllText(path, $$"""
            current-context: double
            contexts: [{name: double, context: {cluster: double, user: double} }]
            clusters: [{name: double, cluster: {server: '{{server.Address}}', certificate-authority: double.pem} }]
            users: [{name: double, user: {token: secret} }]
            """);
        return path;
    }
}
