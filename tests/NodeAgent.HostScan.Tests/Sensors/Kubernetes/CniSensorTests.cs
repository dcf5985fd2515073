// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;

namespace NodeAgent.HostScan.Tests.Sensors.Kubernetes;

public sealed class CniSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_KubeadmNode_HasNamesAndFilesWithoutContent()
    {
        JsonElement spec = Scan(_tree.KubeadmNode()).Spec!.Value;

        Assert.Equal("""["Calico"]""", spec.At("CNINames"));
        Assert.Equal(["/etc/cni/net.d/10-calico.conflist", "/etc/cni/net.d/calico-kubeconfig"], spec.GetProperty("CNIConfigFiles").EnumerateArray().Select(file => file.At("path")));
        Assert.All(spec.GetProperty("CNIConfigFiles").EnumerateArray(), file => Assert.Null(file.At("content")));
    }

    [Theory]
    [InlineData("""{"type":"cilium-cni"}""", "Cilium")]
    [InlineData("""{"plugins":[{"type":"aws-cni"},{"type":"portmap"}]}""", "aws")]
    [InlineData("""{"type":"multus","delegates":[{"type":"flannel"}]}""", "Flannel,Multus")]
    [InlineData("""{"type":"of-tomorrow"}""", "")]
    public void Read_Configuration_TellsTheName(string text, string names)
    {
        JsonElement spec = Scan(_tree.File("/etc/cni/net.d/05-x.conf", text)).Spec!.Value;

        Assert.Equal(names, string.Join(',', spec.GetProperty("CNINames").EnumerateArray()));
    }

    [Theory]
    [InlineData("{\"type\":")]
    [InlineData("[[[[")]
    [InlineData("\0")]
    public void Read_BadConfiguration_IsSaid(string text)
    {
        HostDocument document = Scan(_tree.File("/etc/cni/net.d/05-x.conf", text).Process(5, "/usr/bin/cilium-agent", ["cilium-agent"]));

        Assert.StartsWith("/etc/cni/net.d/05-x.conf: ", document.Error, StringComparison.Ordinal);
        Assert.Equal("""["Cilium"]""", document.Spec!.Value.At("CNINames"));
    }

    [Fact]
    public void Read_None_IsNoDocument() => Assert.Null(Scan(_tree.MinimalDebian()).Spec);

    private static HostDocument Scan(HostTree tree) => tree.Scan(new CniSensor()).Of("CNIInfo")!;
}
