// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Benchmarks.Harness.Cluster;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>A node full of pods: a real cgroup for each container, with the bundle that containerd would have written, and real processes that sleep in them.</summary>
internal sealed class CrowdedNode : IAsyncDisposable
{
    public const int Pods = 110;
    public const int Containers = 300;
    public const int Processes = 10_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("na-crowd-");
    private readonly string _cgroup;
    private Process? _crowd;

    private CrowdedNode()
    {
        string root = KernelRequirements.FindCgroupRoot() ?? throw new InvalidOperationException("no cgroup2 tree is mounted");
        _cgroup = Path.Combine(root, _files.Name);
    }

    /// <summary>What <c>--host-root</c> is given: the bundles are below it.</summary>
    public string HostRoot => _files.FullName;

    /// <summary>By pid, which container a process is in.</summary>
    public IReadOnlyDictionary<uint, int> ContainerOf { get; private set; } = new Dictionary<uint, int>();

    /// <summary>Shape: 64 hex digits.</summary>
    public static string ContainerId(int i) => string.Create(CultureInfo.InvariantCulture, $"{i:x8}{new string('c', 56)}");

    /// <summary>Shape: 8-4-4-4-12 hex digits.</summary>
    public static string PodUid(int pod) => string.Create(CultureInfo.InvariantCulture, $"{pod:x8}-1111-4222-8333-444444444444");

    public static int PodOf(int container) => container % Pods;

    public static async Task<CrowdedNode> StartAsync(string crowdProgram)
    {
        var node = new CrowdedNode();
        try
        {
            await node.FillAsync(crowdProgram).ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_crowd is not null)
        {
            // Its processes end with it.
            _crowd.StandardInput.Close();
            await _crowd.WaitForExitAsync().ConfigureAwait(false);
            _crowd.Dispose();
        }

        if (Directory.Exists(_cgroup))
        {
            foreach (string group in Directory.GetDirectories(_cgroup, "*", SearchOption.AllDirectories).OrderByDescending(path => path.Length).Append(_cgroup))
            {
                await Wait.UntilAsync(() => File.ReadAllText(Path.Combine(group, "cgroup.procs")).Length == 0, Patience, $"{group} empty").ConfigureAwait(false);
                Directory.Delete(group);
            }
        }

        _files.Delete(recursive: true);
    }

    private async Task FillAsync(string crowdProgram)
    {
        string home = Directory.CreateDirectory(Path.Combine(_cgroup, "home")).FullName;
        string[] groups = [.. Enumerable.Range(0, Containers).Select(i => Path.Combine(_cgroup, "kubepods", "burstable", "pod" + PodUid(PodOf(i)), ContainerId(i)))];
        for (int i = 0; i < groups.Length; i++)
        {
            Directory.CreateDirectory(groups[i]);
            string bundle = Path.Combine(HostRoot, "run/containerd/io.containerd.runtime.v2.task/k8s.io", ContainerId(i));
            Directory.CreateDirectory(bundle);
            await File.WriteAllTextAsync(Path.Combine(bundle, "config.json"), Bundle(i)).ConfigureAwait(false);
        }

        var start = new ProcessStartInfo(crowdProgram, [$"{Processes}", home]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _crowd = ToolProcess.Start(start);
        foreach (string group in groups)
        {
            await _crowd.StandardInput.WriteLineAsync(group).ConfigureAwait(false);
        }

        await _crowd.StandardInput.WriteLineAsync().ConfigureAwait(false);
        await _crowd.StandardInput.FlushAsync().ConfigureAwait(false);
        if (await _crowd.StandardOutput.ReadLineAsync().ConfigureAwait(false) != $"processes={Processes}")
        {
            throw new InvalidOperationException("the crowd did not come together");
        }

        ContainerOf = groups.SelectMany((group, i) => File.ReadLines(Path.Combine(group, "cgroup.procs")).Select(pid => (Pid: uint.Parse(pid, CultureInfo.InvariantCulture), i)))
            .ToDictionary(pair => pair.Pid, pair => pair.i);
    }

    private static string Bundle(int i) => new JsonObject
    {
        ["ociVersion"] = "1.0.2",
        ["annotations"] = new JsonObject
        {
            ["io.kubernetes.cri.container-name"] = i < Pods ? "main" : $"side-{i / Pods}",
            ["io.kubernetes.cri.container-type"] = "container",
            ["io.kubernetes.cri.sandbox-name"] = ClusterObjects.PodName(PodOf(i)),
            ["io.kubernetes.cri.sandbox-namespace"] = ClusterObjects.PodNamespace(PodOf(i)),
            ["io.kubernetes.cri.image-name"] = "registry.example/workload:1.0",
        },
        ["process"] = new JsonObject
        {
            ["args"] = new JsonArray("/bin/serve", "--port", "8080"),
            ["env"] = Texts(40, "SERVICE_WITH_A_LONG_NAME_{0}_PORT=tcp://10.0.0.1:80"),
            ["capabilities"] = new JsonObject { ["bounding"] = Texts(14, "CAP_NUMBER_{0}") },
        },
        ["mounts"] = new JsonArray([.. Enumerable.Range(0, 15).Select(m => new JsonObject
        {
            ["destination"] = $"/etc/mounted/{m}",
            ["source"] = $"/var/lib/kubelet/pods/{PodUid(PodOf(i))}/volumes/kubernetes.io~configmap/{m}",
            ["type"] = "bind",
            ["options"] = new JsonArray("rbind", "ro"),
        })]),
        ["linux"] = new JsonObject { ["seccomp"] = new JsonObject { ["defaultAction"] = "SCMP_ACT_ERRNO" } },
    }.ToJsonString();

    private static JsonArray Texts(int count, string format) =>
        new([.. Enumerable.Range(0, count).Select(i => (JsonNode)format.Replace("{0}", i.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))]);
}
