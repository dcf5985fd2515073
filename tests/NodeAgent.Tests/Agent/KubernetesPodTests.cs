// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Tests.Cluster;
using NodeAgent.TestSupport.Containerd;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Agent;

/// <summary>The agent beside a real containerd, which makes pods as a kubelet has it make them.</summary>
[Trait("Level", "Integration")]
public sealed class KubernetesPodTests : IDisposable
{
    private const string PodUid = "7d3b1d5e-93a1-4f0e-8d0c-2f1a6b8c9d10";
    private readonly ScratchFolder _data = new();

    public KubernetesPodTests()
    {
        AgentProgram.SkipUnlessItCanWatch();
        Assert.SkipWhen(ContainerdFixture.Missing is not null, ContainerdFixture.Missing ?? string.Empty);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Pod_OfARuntime_IsNamedInProfileAndTrace()
    {
        await using ContainerdFixture containerd = await ContainerdFixture.StartAsync();
        string[] flags = ["--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--cri-sockets", containerd.Socket];
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, flags);
        string pod = await containerd.RunPodAsync("shop", "web-0", PodUid, ("app", "web"));
        string id = await containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", "/bin/true entry-point; while true; do /bin/ls /etc; sleep 0.2; done");

        Profile profile = await agent.ProfileAsync("web-0", p => p.Execs.Contains("/bin/busybox /bin/true entry-point"), "the pod's profile");
        Assert.Contains("\"kubescape.io/workload-namespace\": \"shop\"", Spaced(profile.Json), StringComparison.Ordinal);
        Assert.Contains("\"kubescape.io/workload-container-name\": \"main\"", Spaced(profile.Json), StringComparison.Ordinal);

        ShellResult trace = await ShellProcess.RunAsync(
            AgentProgram.Path,
            ["trace", "exec", "-o", "json", "--for", "4s", "-n", "shop"],
            new Dictionary<string, string?>(AgentProgram.Variables) { ["NODE_AGENT_CONTAINERS_CRI_SOCKETS"] = containerd.Socket },
            TestContext.Current.CancellationToken);
        Assert.Contains("\"namespace\":\"shop\",\"workload\":\"Pod/web-0\",\"container\":\"main\"", trace.Output, StringComparison.Ordinal);
        Assert.Contains($"\"pod\":\"web-0\",\"podUid\":\"{PodUid}\",\"containerId\":\"{id}\",\"image\":\"{BusyboxImage.Name}\"", trace.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_IntoARunningContainer_IsMarkedAsASession()
    {
        await using ContainerdFixture containerd = await ContainerdFixture.StartAsync();
        string pod = await containerd.RunPodAsync("shop", "web-0", PodUid);
        string id = await containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", "while true; do /bin/ls /etc; sleep 0.1; done");

        Task<ShellResult> trace = ShellProcess.RunAsync(
            AgentProgram.Path,
            ["trace", "exec", "-o", "json", "--for", "6s", "-n", "shop"],
            new Dictionary<string, string?>(AgentProgram.Variables) { ["NODE_AGENT_CONTAINERS_CRI_SOCKETS"] = containerd.Socket },
            TestContext.Current.CancellationToken);
        for (int i = 0; !trace.IsCompleted; i++)
        {
            await containerd.ExecAsync(id, $"session-{i}", "/bin/sh", "-c", "/bin/cat /etc/hostname");
        }

        string[] rows = (await trace).Output.Split('\n');
        Assert.Contains(rows, row => row.Contains("(session) [/bin/cat /etc/hostname]", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.Contains("[/bin/ls /etc]", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.Contains("(session) [/bin/ls /etc]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pod_OfADeployment_IsNamedByTheApiServer()
    {
        await using ContainerdFixture containerd = await ContainerdFixture.StartAsync();
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        string kubeconfig = RecordedCluster.Kubeconfig(server, _data.Path);
        string[] flags =
        [
            "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--cri-sockets", containerd.Socket, "--node-name", "node-a", "--kubeconfig", kubeconfig,
        ];
        await using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, flags);
        string pod = await containerd.RunPodAsync("shop", "web-5d9c7-abcde", PodUid, ("app", "web"));
        await containerd.RunContainerAsync(pod, "main", "/bin/sh", "-c", "while true; do /bin/ls /etc; sleep 0.2; done");

        // Told after the container began, as it is in a cluster.
        Put(server, "apps/replicasets", "{'metadata':{'name':'web-5d9c7','namespace':'shop','uid':'rs','ownerReferences':[{'apiVersion':'apps/v1','kind':'Deployment','name':'web','uid':'d','controller':true}]}}");
        Put(server, "/pods", $"{{'metadata':{{'name':'web-5d9c7-abcde','namespace':'shop','uid':'{PodUid}','labels':{{'app':'web','pod-template-hash':'5d9c7'}},'ownerReferences':[{{'apiVersion':'apps/v1','kind':'ReplicaSet','name':'web-5d9c7','uid':'rs','controller':true}}]}},'spec':{{'nodeName':'node-a'}},'status':{{'phase':'Running'}}}}");

        Profile profile = await agent.ProfileAsync("web", p => p.Json.Contains("deployment-web", StringComparison.Ordinal), "the profile of the Deployment");
        string json = Spaced(profile.Json);
        Assert.Contains("\"kubescape.io/workload-kind\": \"Deployment\"", json, StringComparison.Ordinal);
        Assert.Contains("\"kubescape.io/instance-template-hash\": \"5d9c7\"", json, StringComparison.Ordinal);
        Assert.True(json.Contains("apiVersion-apps/v1/namespace-shop/kind-ReplicaSet/name-web-5d9c7/containerName-main", StringComparison.Ordinal), json);
        Assert.Equal(0, await agent.MetricAsync("node_agent_kubernetes_failures_total"));

        ShellResult trace = await ShellProcess.RunAsync(
            AgentProgram.Path,
            ["trace", "exec", "-o", "json", "--for", "6s", "-n", "shop"],
            new Dictionary<string, string?>(AgentProgram.Variables)
            {
                ["NODE_AGENT_CONTAINERS_CRI_SOCKETS"] = containerd.Socket,
                ["NODE_AGENT_KUBERNETES_KUBECONFIG"] = kubeconfig,
                ["NODE_AGENT_NODE_NAME"] = "node-a",
            },
            TestContext.Current.CancellationToken);
        Assert.Contains("\"namespace\":\"shop\",\"workload\":\"Deployment/web\",\"container\":\"main\"", trace.Output, StringComparison.Ordinal);
        Assert.Contains("\"pod\":\"web-5d9c7-abcde\"", trace.Output, StringComparison.Ordinal);
    }

    private static void Put(ApiServerDouble server, string resource, string json) =>
        server.Store.Put(resource, (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse(json.Replace('\'', '"'))!);

    private static string Spaced(string json) => json.Replace("\":\"", "\": \"", StringComparison.Ordinal);
}
