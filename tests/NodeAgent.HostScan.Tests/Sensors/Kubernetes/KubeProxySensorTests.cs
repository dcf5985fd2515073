// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;

namespace NodeAgent.HostScan.Tests.Sensors.Kubernetes;

public sealed class KubeProxySensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    // Its files are those of a config map, which the kubelet keeps below the pod's volumes.
    [Fact]
    public void Read_KubeadmNode_FindsItsFilesInThePodsVolume()
    {
        JsonElement spec = Scan(_tree.KubeadmNode(isHardened: false)).Spec!.Value;

        Assert.EndsWith("/kubernetes.io~configmap/kube-proxy/config.conf", spec.At("configFile.path"), StringComparison.Ordinal);
        Assert.EndsWith("/kubernetes.io~configmap/kube-proxy/kubeconfig.conf", spec.At("kubeConfigFile.path"), StringComparison.Ordinal);
        Assert.Null(spec.At("kubeConfigFile.content"));
        Assert.Equal($"0.0.0.0:10249 @ {spec.At("configFile.path")}:7", spec.Setting("metricsBindAddress"));
        Assert.Equal("node-1 @ command line", spec.Setting("hostnameOverride"));
    }

    [Fact]
    public void Read_EmptyAddress_IsTheDefault() => Assert.Equal("127.0.0.1:10249 @ default", Scan(_tree.KubeadmNode()).Spec!.Value.Setting("metricsBindAddress"));

    [Fact]
    public void Read_FlagsBesideAFile_CountForNothing()
    {
        _tree.File("/etc/proxy.yaml", "mode: nftables\n").Process(5, "/usr/bin/kube-proxy", ["kube-proxy", "--config=/etc/proxy.yaml", "--metrics-bind-address=0.0.0.0", "--proxy-mode=iptables"]);

        JsonElement spec = Scan(_tree).Spec!.Value;

        Assert.Equal("nftables @ /etc/proxy.yaml:1", spec.Setting("mode"));
        Assert.Equal("127.0.0.1:10249 @ default", spec.Setting("metricsBindAddress"));
    }

    [Fact]
    public void Read_FlagsOnly_AreInForce()
    {
        _tree.Process(5, "/usr/bin/kube-proxy", ["kube-proxy", "--metrics-bind-address=0.0.0.0:1", "--kubeconfig=/etc/p.conf"]).File("/etc/p.conf", "x");

        JsonElement spec = Scan(_tree).Spec!.Value;

        Assert.Equal("0.0.0.0:1 @ command line", spec.Setting("metricsBindAddress"));
        Assert.Equal("/etc/p.conf", spec.At("kubeConfigFile.path"));
    }

    // What cannot be known is not guessed.
    [Fact]
    public void Read_FileThatIsNowhere_HasNoSettings()
    {
        _tree.Process(5, "/usr/bin/kube-proxy", ["kube-proxy", "--config=/var/lib/kube-proxy/config.conf"]);

        HostDocument document = Scan(_tree);

        Assert.Contains("could not be read", document.Error, StringComparison.Ordinal);
        Assert.Null(document.Spec!.Value.At("settings"));
    }

    [Fact]
    public void Read_None_IsNoDocument() => Assert.Null(Scan(_tree.MinimalDebian()).Spec);

    private static HostDocument Scan(HostTree tree) => tree.Scan(new KubeProxySensor()).Of("KubeProxyInfo")!;
}
