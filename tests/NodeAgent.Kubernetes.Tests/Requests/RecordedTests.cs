// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Tests.Requests;

/// <summary>What a real API server 1.30 answered, read by this client over TLS.</summary>
public sealed class RecordedTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_PodsOfOneNode_AllOfThemWithWhatWeRead()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("pods-list-by-node");
        using Kubernetes client = server.Client();

        KubernetesList<V1Pod> pods = await client.ListPodForAllNamespacesAsync(fieldSelector: "spec.nodeName=node-a", cancellationToken: Stop);

        Assert.Empty(server.Different);
        JsonArray expected = Recording.Load("pods-list-by-node").Body!["items"]!.AsArray();
        Assert.NotEmpty(expected);
        Assert.Equal(expected.Select(Describe), pods.Items!.Select(pod => Describe(pod!)));
        Assert.Equal((string?)Recording.Load("pods-list-by-node").Body!["metadata"]!["resourceVersion"], pods.Metadata!.ResourceVersion);
    }

    [Fact]
    public async Task List_Pages_ContinueIsWhatTheServerSaid()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("pods-list-chunk-1", "pods-list-chunk-2");
        using Kubernetes client = server.Client();

        KubernetesList<V1Pod> first = await client.ListNamespacedPodAsync("store", limit: 2, resourceVersion: null, cancellationToken: Stop);
        KubernetesList<V1Pod> second = await client.ListNamespacedPodAsync(
            "store", limit: 2, continueParameter: first.Metadata!.Continue, resourceVersion: "0", cancellationToken: Stop);

        Assert.Empty(server.Different);
        Assert.Equal(2, first.Items!.Count);
        Assert.Empty(first.Items.Select(p => p!.Metadata!.Uid).Intersect(second.Items!.Select(p => p!.Metadata!.Uid)));
    }

    [Fact]
    public async Task List_ServicesSlicesNodes_PortsAndAddressesAreRead()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("list-services", "list-endpointslices", "list-nodes");
        using Kubernetes client = server.Client();

        KubernetesList<V1Service> services = await client.ListServiceForAllNamespacesAsync(cancellationToken: Stop);
        KubernetesList<V1EndpointSlice> slices = await client.ListEndpointSliceForAllNamespacesAsync(cancellationToken: Stop);
        KubernetesList<V1Node> nodes = await client.ListNodeAsync(cancellationToken: Stop);

        Assert.Empty(server.Different);
        V1Service kubernetes = services.Items!.Single(s => s!.Metadata!.Name == "kubernetes")!;
        Assert.Equal(["10.96.0.1"], kubernetes.Spec!.ClusterIps!);
        Assert.Equal(new IntOrString(16443), kubernetes.Spec.Ports!.Single().TargetPort);
        V1Service web = services.Items!.Single(s => s!.Metadata!.Name == "web")!;
        Assert.Equal(new IntOrString("http"), web.Spec!.Ports!.Single().TargetPort);
        Assert.Equal("web", web.Spec.Selector!["app"]);
        V1EndpointSlice slice = slices.Items!.Single(s => s!.Metadata!.Labels![V1EndpointSlice.ServiceNameLabel] == "web")!;
        Assert.Equal((8080, "http"), (slice.Ports!.Single().Port, slice.Ports!.Single().Name));
        Assert.Equal(["10.244.1.15", "10.244.1.16"], slice.Endpoints!.SelectMany(e => e.Addresses!));
        V1Node node = nodes.Items!.Single(n => n!.Metadata!.Name == "lab-node")!;
        Assert.Equal(10250, node.Status!.DaemonEndpoints!.KubeletEndpoint!.Port);
        Assert.Contains(node.Status.Addresses!, a => a.Type == "InternalIP");
    }

    [Fact]
    public async Task Watch_Existing_EachIsAdded()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("watch-rv-0-existing");
        using Kubernetes client = server.Client();

        List<WatchEvent<V1Service>> events = await WatchAsync(client, ApiResources.Services);

        JsonArray expected = Recording.Load("watch-rv-0-existing").Body!.AsArray();
        Assert.Equal(expected.Select(e => (string?)e!["object"]!["metadata"]!["uid"]), events.Select(e => e.Object!.Metadata!.Uid));
        Assert.All(events, e => Assert.Equal(WatchEventType.Added, e.Type));
    }

    [Fact]
    public async Task Watch_TooOld_IsAnErrorEventWithCode410()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("watch-rv-too-old");
        using Kubernetes client = server.Client();

        WatchEvent<V1Pod> only = Assert.Single(await WatchAsync(client, ApiResources.Pods));

        Assert.Equal((WatchEventType.Error, 410, "Expired"), (only.Type, only.Error!.Code, only.Error.Reason));
        Assert.Equal(KubernetesFailure.Expired, KubernetesException.FailureOf(only.Error.Code!.Value, only.Error));
    }

    [Fact]
    public async Task Watch_OfTheFuture_EndsWithoutAnything()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("watch-rv-future");
        using Kubernetes client = server.Client();

        Assert.Empty(await WatchAsync(client, ApiResources.Pods));
    }

    [Fact]
    public async Task Watch_MetadataOnly_HasTheOwner()
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync("watch-partial-metadata");
        using Kubernetes client = server.Client();

        WatchEvent<V1PartialObjectMetadata> only = Assert.Single(await WatchAsync(client, ApiResources.ReplicaSets));

        Assert.Equal(("web-647f6bfc7f", "Deployment"), (only.Object!.Metadata!.Name, only.Object.Metadata.OwnerReferences!.Single().Kind));
    }

    [Theory]
    [InlineData("pods-401", KubernetesFailure.Unauthorized, 401)]
    [InlineData("pods-403-anonymous", KubernetesFailure.Forbidden, 403)]
    [InlineData("pod-get-404", KubernetesFailure.NotFound, 404)]
    [InlineData("pods-list-bad-continue", KubernetesFailure.Refused, 400)]
    [InlineData("not-acceptable-406", KubernetesFailure.Refused, 406)]
    [InlineData("pods-list-rv-future", KubernetesFailure.Expired, 504)]
    [InlineData("pods-list-rv-exact-old", KubernetesFailure.Expired, 410)]
    public async Task List_Refused_SaysHowAndWhy(string recording, KubernetesFailure failure, int code)
    {
        await using RecordedApiServer server = await RecordedApiServer.StartAsync(recording);
        using Kubernetes client = server.Client();

        KubernetesException error = await Assert.ThrowsAsync<KubernetesException>(() => client.ListNamespacedPodAsync("store", cancellationToken: Stop));

        Assert.Equal((failure, code), (error.Failure, (int)error.StatusCode!));
        Assert.Contains("list pods in namespace store", error.Message, StringComparison.Ordinal);
        if ((string?)Recording.Load(recording).Body?["message"] is { } said)
        {
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        }
    }

    private static async Task<List<WatchEvent<T>>> WatchAsync<T>(Kubernetes client, ApiResource<T> resource)
        where T : IKubernetesObject
    {
        var events = new List<WatchEvent<T>>();
        await foreach (WatchEvent<T> change in client.WatchAsync(resource, null, new ListOptions { ResourceVersion = "0" }, Stop))
        {
            events.Add(change);
        }

        return events;
    }

    private static string Describe(JsonNode? pod) => string.Join(
        ' ',
        (string?)pod!["metadata"]!["namespace"], (string?)pod["metadata"]!["name"], (string?)pod["metadata"]!["uid"], (string?)pod["spec"]!["nodeName"],
        (bool?)pod["spec"]!["hostNetwork"], (string?)pod["status"]!["phase"],
        string.Join(',', (pod["status"]!["podIPs"]?.AsArray() ?? []).Select(ip => (string?)ip!["ip"])),
        string.Join(',', (pod["metadata"]!["labels"]?.AsObject() ?? []).Select(l => $"{l.Key}={l.Value}")),
        string.Join(',', (pod["metadata"]!["ownerReferences"]?.AsArray() ?? []).Select(o => $"{o!["kind"]}/{o["name"]}/{o["controller"]}")));

    private static string Describe(V1Pod pod) => string.Join(
        ' ',
        pod.Metadata!.Namespace, pod.Metadata.Name, pod.Metadata.Uid, pod.Spec!.NodeName, pod.Spec.HostNetwork, pod.Status!.Phase,
        string.Join(',', (pod.Status.PodIps ?? []).Select(ip => ip.Ip)),
        string.Join(',', (pod.Metadata.Labels ?? []).Select(l => $"{l.Key}={l.Value}")),
        string.Join(',', (pod.Metadata.OwnerReferences ?? []).Select(o => $"{o.Kind}/{o.Name}/{(o.Controller is { } c ? (c ? "true" : "false") : null)}")));
}
