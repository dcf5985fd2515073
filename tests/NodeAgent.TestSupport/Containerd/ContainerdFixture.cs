// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Google.Protobuf;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.TestSupport.Containerd.Messages;

namespace NodeAgent.TestSupport.Containerd;

/// <summary>A real containerd with its CRI on a scratch root, state and socket. Dispose removes its pods and ends it.</summary>
/// <remarks>Pods are of the host's network, or of one of their own in which there is nothing: no bridge, no address that leads anywhere.</remarks>
public sealed class ContainerdFixture : IAsyncDisposable
{
    private const string RuntimeService = "/runtime.v1.RuntimeService/";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("na-containerd-");
    private readonly List<(string Id, TestPod Pod, PodSandboxConfig Config)> _pods = [];
    private Process? _daemon;
    private GrpcConnection? _connection;

    /// <summary>Why this machine cannot run it; null when it can.</summary>
    public static string? Missing => !File.Exists("/usr/bin/containerd") ? "containerd is not installed"
        : !File.Exists("/bin/busybox") ? "busybox-static is not installed"
        : Environment.UserName != "root" ? "root is needed"
        : null;

    // As nodes have it, where this machine can.
    private static string Snapshotter => IsOverlay ? "overlayfs" : "native";

    /// <summary>Whether the roots of its containers are overlays of the layers of their images.</summary>
    public static bool IsOverlay => File.ReadAllText("/proc/filesystems").Contains("\toverlay\n", StringComparison.Ordinal);

    /// <summary>Above the <c>kubepods</c> of this instance, so that it can be removed whole.</summary>
    public string CgroupParent => "/" + _folder.Name;

    /// <summary>Beside the bundles, as it is by default.</summary>
    public string Socket => Path.Combine(_folder.FullName, "state", "containerd.sock");

    /// <summary>Where this containerd keeps the state of runc: ID/state.json under the namespace.</summary>
    public string RuncRoot => Path.Combine(_folder.FullName, "runc", "k8s.io");

    /// <summary>Where it keeps bundles, in the terms of <c>OciBundleOptions</c>.</summary>
    public string BundlePattern => Path.Combine(_folder.FullName, "state", "io.containerd.runtime.v2.task", "*", "{id}");

    public static async Task<ContainerdFixture> StartAsync()
    {
        var fixture = new ContainerdFixture();
        try
        {
            fixture.WriteConfiguration();
            fixture.StartDaemon();
            await fixture.WaitAsync();
            await fixture.ImportAsync();
            return fixture;
        }
        catch
        {
            await fixture.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a pod of the host's network with the kubelet's labels and these.</summary>
    /// <returns>The sandbox's id.</returns>
    public Task<string> RunPodAsync(string podNamespace, string name, string uid, params (string Key, string Value)[] labels) =>
        RunPodAsync(new TestPod(podNamespace, name, uid) { Labels = labels });

    /// <summary>Starts a pod with the kubelet's labels and its own.</summary>
    /// <returns>The sandbox's id.</returns>
    public async Task<string> RunPodAsync(TestPod pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var config = new PodSandboxConfig
        {
            Metadata = new PodSandboxMetadata { Name = pod.Name, Namespace = pod.Namespace, Uid = pod.Uid },
            Linux = new LinuxPodSandboxConfig
            {
                CgroupParent = $"{CgroupParent}/kubepods/burstable/pod{pod.Uid}",
                SecurityContext = new LinuxSandboxSecurityContext { NamespaceOptions = Options(pod), Privileged = pod.Privileged },
            },
        };
        config.Labels.Add("io.kubernetes.pod.name", pod.Name);
        config.Labels.Add("io.kubernetes.pod.namespace", pod.Namespace);
        config.Labels.Add("io.kubernetes.pod.uid", pod.Uid);
        foreach ((string key, string value) in pod.Labels)
        {
            config.Labels.Add(key, value);
        }

        RunPodSandboxResponse answer = await CallAsync("RunPodSandbox", new RunPodSandboxRequest { Config = config }, RunPodSandboxResponse.Parser);
        _pods.Add((answer.PodSandboxId, pod, config));
        return answer.PodSandboxId;
    }

    /// <returns>The container's id; it runs.</returns>
    public Task<string> RunContainerAsync(string podId, string name, params string[] command) => RunContainerAsync(podId, new TestContainer(name, command));

    /// <returns>The container's id; it runs.</returns>
    public async Task<string> RunContainerAsync(string podId, TestContainer container)
    {
        ArgumentNullException.ThrowIfNull(container);
        (_, TestPod pod, PodSandboxConfig sandbox) = _pods.Single(candidate => candidate.Id == podId);
        var config = new ContainerConfig
        {
            Metadata = new CreatedContainerMetadata { Name = container.Name, Attempt = container.Attempt },
            Image = new ImageSpec { Image = BusyboxImage.Name },
            Linux = new LinuxContainerConfig
            {
                SecurityContext = new LinuxContainerSecurityContext { NamespaceOptions = Options(pod), Privileged = pod.Privileged },
            },
        };
        config.Command.Add(container.Command);
        config.Mounts.Add(container.Mounts.Select(mount => new Mount { HostPath = mount.Host, ContainerPath = mount.Inside, Readonly = mount.ReadOnly }));
        config.Envs.Add(container.Environment.Select(variable => new KeyValue { Key = variable.Name, Value = variable.Value }));
        config.Labels.Add(sandbox.Labels);
        config.Labels.Add("io.kubernetes.container.name", container.Name);
        var create = new CreateContainerRequest { PodSandboxId = podId, Config = config, SandboxConfig = sandbox };
        string id = (await CallAsync("CreateContainer", create, CreateContainerResponse.Parser)).ContainerId;
        await CallAsync("StartContainer", new StartContainerRequest { ContainerId = id }, Empty.Parser);
        return id;
    }

    /// <summary>Runs a command in a running container, as <c>kubectl exec</c> does, and waits for its end.</summary>
    public Task ExecAsync(string containerId, string name, params string[] command) =>
        CtrAsync(["task", "exec", "--exec-id", name, containerId, .. command]);

    /// <summary>As an upgrade does it: the daemon ends and comes back at the same socket; containers go on.</summary>
    public async Task RestartAsync()
    {
        await EndDaemonAsync();
        StartDaemon();
        await WaitAsync();
    }

    private async Task EndDaemonAsync()
    {
        _connection?.Dispose();
        if (_daemon is not null)
        {
            using Process ending = Process.Start("kill", ["-TERM", $"{_daemon.Id}"]);
            await ending.WaitForExitAsync();
            await _daemon.WaitForExitAsync();
            _daemon.Dispose();
            _daemon = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((string id, _, _) in _pods)
        {
            await CallAsync("StopPodSandbox", new PodSandboxRequest { PodSandboxId = id }, Empty.Parser);
            await CallAsync("RemovePodSandbox", new PodSandboxRequest { PodSandboxId = id }, Empty.Parser);
        }

        await EndDaemonAsync();
        await TestCgroups.RemoveAsync(CgroupParent);
        _folder.Delete(recursive: true);
    }

    private static NamespaceOption Options(TestPod pod) => new() { Network = pod.HostNetwork ? NamespaceMode.Node : NamespaceMode.Pod };

    private void WriteConfiguration()
    {
        string root = _folder.FullName;
        BusyboxImage.Write(Path.Combine(root, "busybox.tar"));
        TestNetworkPlugin.Write(Path.Combine(root, "cni"));
        File.WriteAllText(Path.Combine(root, "config.toml"), $"""
            version = 2
            root = "{root}/root"
            state = "{root}/state"
            disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.internal.v1.opt"]
            [grpc]
              address = "{Socket}"
            [ttrpc]
              address = "{Socket}.ttrpc"
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "{BusyboxImage.Name}"
              restrict_oom_score_adj = true
              disable_apparmor = true
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "{root}/cni/bin"
                conf_dir = "{root}/cni/conf"
              [plugins."io.containerd.grpc.v1.cri".containerd]
                snapshotter = "{Snapshotter}"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
                runtime_type = "io.containerd.runc.v2"
              [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
                Root = "{root}/runc"
                SystemdCgroup = false
            """);
    }

    private void StartDaemon()
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec /usr/bin/containerd --config \"$0\" >\"$1\" 2>&1", $"{_folder}/config.toml", $"{_folder}/log"]);
        _daemon = Process.Start(start)!;
        _connection = new GrpcConnection(Socket);
    }

    private async Task WaitAsync()
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await CallAsync("Version", new Empty(), Empty.Parser);
                return;
            }
            catch (Exception error) when (error is HttpRequestException or GrpcException)
            {
                if (_daemon!.HasExited || Stopwatch.GetElapsedTime(began) > StartLimit)
                {
                    throw new InvalidOperationException($"containerd does not answer: {error.Message}\n{await File.ReadAllTextAsync($"{_folder}/log")}", error);
                }
            }

            await Task.Delay(50);
        }
    }

    private Task ImportAsync() => CtrAsync("images", "import", "--snapshotter", Snapshotter, $"{_folder}/busybox.tar");

    private async Task CtrAsync(params string[] arguments)
    {
        using Process ctr = Process.Start(new ProcessStartInfo("ctr", ["-a", Socket, "-n", "k8s.io", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        string output = await ctr.StandardOutput.ReadToEndAsync() + await ctr.StandardError.ReadToEndAsync();
        await ctr.WaitForExitAsync();
        if (ctr.ExitCode != 0)
        {
            throw new InvalidOperationException($"ctr {string.Join(' ', arguments)}: {output}");
        }
    }

    private Task<TAnswer> CallAsync<TAnswer>(string method, IMessage question, MessageParser<TAnswer> parser)
        where TAnswer : IMessage<TAnswer> => _connection!.CallAsync(RuntimeService + method, question, parser, CancellationToken.None);
}
