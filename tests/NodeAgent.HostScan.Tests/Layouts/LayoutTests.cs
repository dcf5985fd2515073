// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Sensors;

namespace NodeAgent.HostScan.Tests.Layouts;

/// <summary>What a scan of each layout tells, as a whole.</summary>
public sealed class LayoutTests : IDisposable
{
    private static readonly string[] OfKubernetes = ["KubeletInfo", "KubeProxyInfo", "ControlPlaneInfo", "CNIInfo", "ContainerRuntimeInfo"];

    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void KubeadmControlPlane_HasEverything() => AssertDocuments(_tree.KubeadmControlPlaneNode(isRunning: true), OfKubernetes);

    [Fact]
    public void KubeadmWorker_HasNoControlPlane() => AssertDocuments(_tree.KubeadmNode(), "KubeletInfo", "KubeProxyInfo", "CNIInfo", "ContainerRuntimeInfo");

    [Fact]
    public void K3sServer_KubeletIsInTheOneProcess()
    {
        HostScanResult scan = AssertDocuments(_tree.K3sServer(), "KubeletInfo", "ControlPlaneInfo", "CNIInfo", "ContainerRuntimeInfo");
        JsonElement kubelet = scan.Of("KubeletInfo")!.Spec!.Value;

        Assert.Equal("k3s", kubelet.At("program"));
        Assert.Equal("False @ /var/lib/rancher/k3s/agent/etc/kubelet.conf.d/00-k3s-defaults.conf:4", kubelet.Setting("failSwapOn"));
        Assert.Equal("2048 @ /etc/rancher/k3s/config.yaml.d/10-more.yaml:2", kubelet.Setting("podPidsLimit"));
        Assert.Equal("5m @ /etc/rancher/k3s/config.yaml:9", kubelet.Setting("streamingConnectionIdleTimeout"));
        Assert.Equal("False @ default", kubelet.Setting("authentication.anonymous.enabled"));
        Assert.Equal("True @ /etc/rancher/k3s/config.yaml:3", kubelet.Setting("protectKernelDefaults"));
        Assert.Equal("/etc/systemd/system/k3s.service.env", kubelet.At("serviceFiles.1.path"));
        Assert.Equal("""["Flannel"]""", scan.Of("CNIInfo")!.Spec!.Value.At("CNINames"));
    }

    // Anybody may name the program of his container so.
    [Fact]
    public void K3sServer_KubeletOfAContainer_IsNotTheNodes()
    {
        _tree.K3sServer().Process(10, "/kubelet", ["kubelet", "--anonymous-auth=true"], $"/kubepods/cri-containerd-{new string('f', 64)}.scope");

        Assert.Equal("k3s", _tree.Scan(KubernetesSensors.All).Of("KubeletInfo")!.Spec!.Value.At("program"));
    }

    [Fact]
    public void KubeadmControlPlane_ApiServerOfAnotherContainer_IsNotTheNodes()
    {
        _tree.KubeadmControlPlaneNode(isRunning: true).Process(10, "/kube-apiserver", ["kube-apiserver", "--anonymous-auth=true", "--profiling=false"], $"/kubepods/cri-containerd-{new string('f', 64)}.scope");

        JsonElement server = _tree.Scan(KubernetesSensors.All).Of("ControlPlaneInfo")!.Spec!.Value.GetProperty("APIServerInfo");

        Assert.StartsWith("False @ ", server.Setting("anonymous-auth"), StringComparison.Ordinal);
    }

    [Fact]
    public void Talos_PartsAreProcessesWithoutManifests()
    {
        HostScanResult scan = AssertDocuments(_tree.TalosNode(), "KubeletInfo", "ControlPlaneInfo", "ContainerRuntimeInfo");
        JsonElement kubelet = scan.Of("KubeletInfo")!.Spec!.Value;

        Assert.Equal("VersionTLS13 @ /etc/kubernetes/kubelet.yaml:11", kubelet.Setting("tlsMinVersion"));
        Assert.Equal("[1,{\"deeper\":true}] @ /etc/kubernetes/kubelet.yaml:12", kubelet.Setting("aFieldOfTomorrow.deep"));
        Assert.Null(kubelet.At("serviceFiles"));
        Assert.Equal("False @ command line", scan.Of("ControlPlaneInfo")!.Spec!.Value.GetProperty("APIServerInfo").Setting("anonymous-auth"));
        Assert.Equal("""["plain.example"]""", scan.Of("ContainerRuntimeInfo")!.Spec!.Value.At("runtimes.0.insecureRegistries"));
    }

    [Fact]
    public void Bottlerocket_KubeletIsFoundInItsOwnRoot()
    {
        JsonElement kubelet = AssertDocuments(_tree.BottlerocketNode(), "KubeletInfo").Of("KubeletInfo")!.Spec!.Value;

        Assert.Equal("0 @ command line", kubelet.Setting("readOnlyPort"));
        Assert.Equal("/etc/kubernetes/kubelet/kubeconfig", kubelet.At("kubeConfigFile.path"));
        Assert.Equal("/etc/systemd/system/kubelet.service.d/exec-start.conf", kubelet.At("serviceFiles.0.path"));
        Assert.Equal("/usr/lib/systemd/system/kubelet.service", kubelet.At("serviceFiles.1.path"));
    }

    [Fact]
    public void MinimalDebian_HasOnlyItsRuntime() => AssertDocuments(_tree.MinimalDebian(), "ContainerRuntimeInfo");

    private static HostScanResult AssertDocuments(HostTree tree, params string[] kinds)
    {
        HostScanResult scan = tree.Scan(KubernetesSensors.All);

        Assert.All(scan.Documents, document => Assert.Null(document.Error));
        Assert.Equal(kinds, scan.Documents.Where(document => document.Spec is not null && OfKubernetes.Contains(document.Kind)).Select(document => document.Kind));
        return scan;
    }
}
