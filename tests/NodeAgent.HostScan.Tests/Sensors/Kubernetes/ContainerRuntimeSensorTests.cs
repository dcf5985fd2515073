// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Tests.Layouts;

namespace NodeAgent.HostScan.Tests.Sensors.Kubernetes;

public sealed class ContainerRuntimeSensorTests : IDisposable
{
    private readonly HostTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Read_Containerd2_HasSettingsSocketAndInsecureRegistries()
    {
        JsonElement runtime = One(_tree.KubeadmNode(isHardened: false));

        Assert.Equal(("containerd", "True"), (runtime.At("name"), runtime.At("isRunning")));
        Assert.Equal("False @ /etc/containerd/config.toml:5", runtime.Setting("cri.enable_selinux"));
        Assert.Equal("True @ /etc/containerd/config.toml:10", runtime.Setting("cri.containerd.runtimes.runc.options.SystemdCgroup"));
        Assert.Equal(("/run/containerd/containerd.sock", "438"), (runtime.At("sockets.0.path"), runtime.At("sockets.0.permissions")));
        Assert.Equal("""["old.example"]""", runtime.At("insecureRegistries"));
        Assert.DoesNotContain("password", runtime.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Containerd3OfK3s_ReadsTheHostsOfRegistries()
    {
        JsonElement runtime = One(_tree.K3sServer());

        Assert.StartsWith("False @ ", runtime.Setting("cri.enable_selinux"), StringComparison.Ordinal);
        Assert.Equal("""["registry.example"]""", runtime.At("insecureRegistries"));
    }

    // Its own words, and not ours of it.
    [Fact]
    public void Read_WhatContainerdItselfWrites_IsReadWhole()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/containerd"), "containerd is not installed");
        using var printed = Process.Start(new ProcessStartInfo("/usr/bin/containerd", ["config", "default"]) { RedirectStandardOutput = true })!;
        string text = printed.StandardOutput.ReadToEnd();
        printed.WaitForExit();

        HostDocument document = Scan(_tree.File("/etc/containerd/config.toml", text));
        JsonElement runtime = document.Spec!.Value.GetProperty("runtimes")[0];

        Assert.Null(document.Error);
        string[] lines = text.Split('\n');
        int line = Array.FindIndex(lines, one => one.Contains("enable_selinux", StringComparison.Ordinal)) + 1;
        Assert.Equal($"False @ /etc/containerd/config.toml:{line}", runtime.Setting("cri.enable_selinux"));
        Assert.Equal("/run/containerd/containerd.sock @ /etc/containerd/config.toml:" + (Array.FindIndex(lines, one => one.Contains("address = \"/run/containerd/containerd.sock\"", StringComparison.Ordinal)) + 1), runtime.Setting("grpc.address"));
    }

    [Fact]
    public void Read_Imports_GoOverTheFileAndEndInACircle()
    {
        _tree.File("/etc/containerd/config.toml", "version = 2\nimports = [\"conf.d/*.toml\", \"/etc/containerd/config.toml\"]\n[debug]\nlevel = \"info\"\n")
            .File("/etc/containerd/conf.d/a.toml", "imports = [\"/etc/containerd/config.toml\"]\n[debug]\nlevel = \"debug\"\n");

        JsonElement runtime = One(_tree);

        Assert.Equal("debug @ /etc/containerd/conf.d/a.toml:3", runtime.Setting("debug.level"));
        Assert.Equal(2, runtime.GetProperty("configFiles").GetArrayLength());
    }

    [Fact]
    public void Read_Crio_MergesItsDropInsAndRegistries()
    {
        _tree.File("/etc/crio/crio.conf", "[crio.runtime]\nselinux = false\n[crio.image]\ninsecure_registries = [\"a.example\"]\n")
            .File("/etc/crio/crio.conf.d/10-x.conf", "[crio.runtime]\nselinux = true\n")
            .File("/etc/containers/registries.conf", "[[registry]]\nlocation = \"b.example\"\ninsecure = true\n[[registry]]\nlocation = \"c.example\"\n");

        JsonElement runtime = One(_tree);

        Assert.Equal("True @ /etc/crio/crio.conf.d/10-x.conf:2", runtime.Setting("crio.runtime.selinux"));
        Assert.Equal("""["a.example","b.example"]""", runtime.At("insecureRegistries"));
    }

    [Fact]
    public void Read_Docker_HasFileAndFlags()
    {
        JsonElement runtime = One(_tree.MinimalDebian());

        Assert.Equal("False @ /etc/docker/daemon.json:2", runtime.Setting("icc"));
        Assert.Equal("False @ command line", runtime.Setting("userland-proxy"));
        Assert.Equal("""["fd://"] @ command line""", runtime.Setting("hosts"));
        Assert.Equal("http://user:<redacted>@proxy:3128 @ /etc/docker/daemon.json:5", runtime.Setting("proxies.http-proxy"));
        Assert.Equal("432", runtime.At("sockets.0.permissions"));
    }

    [Theory]
    [InlineData("a = [1,2\nb = 3")]
    [InlineData("[plugins\n")]
    [InlineData("\0")]
    [InlineData("plugins = 5\nimports = 7\ngrpc = [1]\n")]
    [InlineData("[plugins.\"io.containerd.grpc.v1.cri\"]\nregistry = 7\n[plugins.cri.registry]\nmirrors = [1]\n")]
    public void Read_BadConfiguration_IsNoCrash(string text)
    {
        HostDocument document = Scan(_tree.File("/etc/containerd/config.toml", text).File("/etc/docker/daemon.json", text));

        Assert.DoesNotContain("failed:", document.Error ?? string.Empty, StringComparison.Ordinal);
        Assert.Equal(2, document.Spec!.Value.GetProperty("runtimes").GetArrayLength());
    }

    [Fact]
    public void Read_DeepConfiguration_IsSaid() =>
        Assert.Contains("/etc/containerd/config.toml: ", Scan(_tree.File("/etc/containerd/config.toml", "a=" + new string('[', 20_000))).Error, StringComparison.Ordinal);

    [Fact]
    public void Read_None_IsNoDocument() => Assert.Null(Scan(_tree).Spec);

    private static JsonElement One(HostTree tree) => Assert.Single(Scan(tree).Spec!.Value.GetProperty("runtimes").EnumerateArray());

    private static HostDocument Scan(HostTree tree) => tree.Scan(new ContainerRuntimeSensor()).Of("ContainerRuntimeInfo")!;
}
