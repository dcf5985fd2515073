// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Tests.Cluster;
using NodeAgent.TestSupport.Containerd;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Agent;

/// <summary>A node for the tests of a class: a real containerd and the agent, and the API server double that both would have.</summary>
public sealed class IdentityRig : IAsyncLifetime
{
    public const string Node = "node-a";

    /// <summary>Executes in shared memory, which is an alert whatever was learned; in an image of busybox alone.</summary>
    public const string Suspicious = "cd /dev/shm; /bin/true suspicious; cd /; ";

    private readonly ScratchFolder _data = new();
    private ContainerdFixture? _containerd;
    private ApiServerDouble? _server;
    private AgentProcess? _agent;
    private string? _missing;

    internal ContainerdFixture Containerd => _containerd!;

    internal AgentProcess Agent => _agent!;

    internal string Kubeconfig { get; private set; } = string.Empty;

    internal string DataPath => _data.Path;

    /// <summary>A folder of the machine whose files are watched.</summary>
    internal string Watched => _data["watched"];

    public async ValueTask InitializeAsync()
    {
        _missing = ContainerdFixture.Missing ?? AgentProgram.Missing;
        if (_missing is not null)
        {
            return;
        }

        Directory.CreateDirectory(Watched);
        _containerd = await ContainerdFixture.StartAsync();
        _server = await ApiServerDouble.StartAsync();
        _server.Tokens = new HashSet<string> { "secret" };
        Kubeconfig = RecordedCluster.Kubeconfig(_server, _data.Path);
        _agent = await AgentProcess.StartAsync(
            _data.Path, "--learning-period", "1h", "--initial-delay", "0s", "--update-interval", "1s", "--cri-sockets", _containerd.Socket, "--node-name", Node, "--kubeconfig", Kubeconfig,
            "--integrity-paths", Watched, "--integrity-container-paths", "/etc/issue,/watched", "--integrity-repeat-after", "0s");
    }

    public async ValueTask DisposeAsync()
    {
        if (_agent is not null)
        {
            await _agent.DisposeAsync();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        if (_containerd is not null)
        {
            await _containerd.DisposeAsync();
        }

        _data.Dispose();
    }

    /// <summary>Skips a test on a machine that lacks something.</summary>
    internal void Require() => Assert.SkipWhen(_missing is not null, _missing ?? string.Empty);

    /// <param name="resource">Shape: <c>/pods</c>, <c>apps/replicasets</c>.</param>
    /// <param name="json">With ' for ".</param>
    internal void Put(string resource, string json) => _server!.Store.Put(resource, JsonNode.Parse(json.Replace('\'', '"'))!.AsObject());

    /// <summary>Puts a pod of this node, and what it is owned by: <c>ReplicaSet NAME-1</c> of <c>Deployment NAME</c>.</summary>
    /// <param name="uid">Its own.</param>
    /// <param name="name">Of the Deployment; the pod is NAME-1-x.</param>
    /// <param name="spec">Shape: members of the pod's spec, with ' for ".</param>
    /// <param name="status">The same of its status.</param>
    internal void PutPodOfDeployment(string uid, string name, string spec = "", string status = "")
    {
        Put("apps/replicasets", $"{{'metadata':{{'name':'{name}-1','namespace':'shop','uid':'rs-{name}','ownerReferences':[{{'apiVersion':'apps/v1','kind':'Deployment','name':'{name}','uid':'d-{name}','controller':true}}]}}}}");
        Put("/pods", $$$"""
            {'metadata':{'name':'{{{name}}}-1-x','namespace':'shop','uid':'{{{uid}}}','labels':{'app':'{{{name}}}','pod-template-hash':'1'},
             'ownerReferences':[{'apiVersion':'apps/v1','kind':'ReplicaSet','name':'{{{name}}}-1','uid':'rs-{{{name}}}','controller':true}]},
             'spec':{'nodeName':'{{{Node}}}'{{{(spec.Length == 0 ? "" : "," + spec)}}}},'status':{'phase':'Running'{{{(status.Length == 0 ? "" : "," + status)}}}}}
            """);
    }

    /// <summary>The alert of what <see cref="Suspicious"/> did in a container, once enough is known of it.</summary>
    internal Task<JsonNode> AlertAsync(string containerId, Func<Who, bool> isEnough) => Eventually.GetAsync(
        () => Task.FromResult(Alerts(containerId).LastOrDefault(alert => isEnough(Who.Of(alert)))),
        () => $"an alert of {containerId[..12]} among {string.Join('\n', Agent.Output.TakeLast(5))}\n{Agent.Log}");

    /// <summary>Who the alert of a container is about, once the runtime's and the API server's word are in it.</summary>
    internal async Task<Who> WhoAsync(string containerId, string workload) =>
        Who.Of(await AlertAsync(containerId, who => who.Workload == workload && who.Container.Length != 0 && !containerId.StartsWith(who.Container, StringComparison.Ordinal)));

    private IEnumerable<JsonNode> Alerts(string containerId) => Agent.Output
        .Where(line => line.Contains(containerId, StringComparison.Ordinal))
        .Select(line => JsonNode.Parse(line)!["spec"]!)
        .Where(spec => (string?)spec["alerts"]![0]!["ruleID"] == "R1000" && (string?)spec["alerts"]![0]!["containerID"] == containerId);
}

/// <summary>What an alert says of who did it.</summary>
/// <param name="Pod">Shape: <c>NAMESPACE/NAME</c>.</param>
/// <param name="Workload">Shape: <c>Kind/NAME</c>.</param>
internal sealed record Who(string Container, string Pod, string PodUid, string Workload, string Image, string Node, bool HostNetwork)
{
    /// <param name="spec">Of the alerts.</param>
    public static Who Of(JsonNode spec)
    {
        JsonNode alert = spec["alerts"]![0]!;
        return new Who(
            Text(alert, "containerName"), $"{Text(alert, "podNamespace")}/{Text(alert, "podName")}", Text(alert, "podUID"), $"{Text(alert, "workloadKind")}/{Text(alert, "workloadName")}",
            Text(alert, "image"), Text(alert, "nodeName"), (bool?)alert["hostNetwork"] ?? false);
    }

    private static string Text(JsonNode node, string name) => (string?)node[name] ?? string.Empty;
}
