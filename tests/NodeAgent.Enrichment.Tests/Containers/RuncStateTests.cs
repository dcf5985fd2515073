// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers;

public sealed class RuncStateTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("runc-state");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"id":"x"}""")]
    [InlineData("""{"id":"","cgroup_paths":{"":"/sys/fs/cgroup/a"},"config":{}}""")]
    [InlineData("""{"id":7,"cgroup_paths":{"":"/sys/fs/cgroup/a"},"config":{}}""")]
    [InlineData("""{"id":"x","cgroup_paths":[],"config":{}}""")]
    [InlineData("""{"id":"x","cgroup_paths":{"":"/elsewhere/a"},"config":{}}""")]
    [InlineData("""{"id":"x","cgroup_paths":{"":"/sys/fs/cgroupish/a"},"config":{}}""")]
    [InlineData("""{"id":"x","cgroup_paths":{"":7},"config":{}}""")]
    public void Parse_NoStateOfRunc_IsNull(string json) => Assert.Null(RuncState.Parse(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("""{"":"/sys/fs/cgroup/unified/demo/web","memory":"/sys/fs/cgroup/memory/other"}""", "/demo/web")]
    [InlineData("""{"":"/sys/fs/cgroup/demo/web"}""", "/demo/web")]
    [InlineData("""{"memory":"/sys/fs/cgroup/memory/demo/web"}""", "/demo/web")]
    [InlineData("""{"pids":"/sys/fs/cgroup/pids/demo/web"}""", "/demo/web")]
    public void Parse_EveryHierarchy_GivesThePathInIt(string paths, string expected)
    {
        RuncState? state = RuncState.Parse(Encoding.UTF8.GetBytes($$"""{"id":"x","cgroup_paths":{{paths}},"config":{"labels":7,"namespaces":"x"} }"""));

        Assert.Equal(expected, state?.CgroupPath);
        Assert.True(state!.HasNetworkNamespace);
    }

    [Fact]
    public async Task FindAsync_PlainRunc_IsRecognisedByItsCgroup()
    {
        Write("web", "/demo/some-cgroup", ["owner=me", "bundle=/b"], network: true);
        var source = new RuncStateSource(Options(), new OciBundles(new OciBundleOptions()));

        ContainerIdentity? found = await Ask(source, "/demo/some-cgroup", new ContainerIdentity { Kind = UnitKind.Cgroup });

        Assert.Equal((UnitKind.Container, "runc", "web", "web"), (found!.Kind, found.Runtime, found.ContainerId, found.ContainerName));
        Assert.Equal(new WorkloadIdentity("v1", "Container", "default", "web"), found.Workload);
        Assert.False(found.HostNetwork);
        Assert.Null(await Ask(source, "/demo/web", new ContainerIdentity { Kind = UnitKind.Cgroup })); // the name alone is no proof
    }

    [Fact]
    public async Task FindAsync_ContainerOfACri_GetsPodNameAndImage()
    {
        Write("abc", "/kubepods/pod1/abc",
        [
            "io.kubernetes.cri.container-name=app", "io.kubernetes.cri.sandbox-name=web-1", "io.kubernetes.cri.sandbox-namespace=shop",
            "io.kubernetes.cri.sandbox-uid=u-1", "io.kubernetes.cri.image-name=r.io/a@sha256:00ff", "bundle=/b",
        ], network: false);

        ContainerIdentity? found = await Ask(new RuncStateSource(Options(), new OciBundles(new OciBundleOptions())), "/kubepods/pod1/abc", new ContainerIdentity { Runtime = "containerd" });

        Assert.Equal(("containerd", "app", "web-1", "shop", "u-1"), (found!.Runtime, found.ContainerName, found.PodName, found.PodNamespace, found.PodUid));
        Assert.Equal(("r.io/a@sha256:00ff", "sha256:00ff", true), (found.Image, found.ImageDigest, found.HostNetwork));
        Assert.Equal(new WorkloadIdentity("v1", "Pod", "shop", "web-1"), found.Workload);
    }

    [Fact]
    public async Task FindAsync_StateWrittenAnew_IsReadAnew()
    {
        var source = new RuncStateSource(Options(), new OciBundles(new OciBundleOptions()));
        string file = Write("web", "/old", [], network: true);
        Assert.NotNull(await Ask(source, "/old", new ContainerIdentity()));

        Write("web", "/new", [], network: true);
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddSeconds(5));

        Assert.NotNull(await Ask(source, "/new", new ContainerIdentity()));
        Assert.Null(await Ask(source, "/old", new ContainerIdentity()));
    }

    [Fact]
    public async Task FindAsync_HostileDirectories_AreNoMatchAndNoError()
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "ns", "empty"));
        Directory.CreateDirectory(Path.Combine(_root.FullName, "ns", "dir", "state.json"));
        Directory.CreateDirectory(Path.Combine(_root.FullName, "ns", "huge"));
        File.WriteAllBytes(Path.Combine(_root.FullName, "ns", "huge", "state.json"), new byte[(1 << 20) + 1]);
        var source = new RuncStateSource(Options(), new OciBundles(new OciBundleOptions()));

        foreach (string path in (string[])["/", "/..", "/a/..", "/dir", "/huge", "/empty", "/a\0b"])
        {
            Assert.Null(await Ask(source, path, new ContainerIdentity()));
        }
    }

    [Fact]
    public void Validate_RelativeRoot_NamesTheKey()
    {
        var options = new RuncStateOptions();
        options.Roots.Add("relative");

        Assert.Contains("enrichment:runc:Roots", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private RuncStateOptions Options()
    {
        var options = new RuncStateOptions { HostRoot = _root.FullName };
        options.Roots.Clear();
        options.Roots.Add("/none");
        options.Roots.Add("/*");
        return options;
    }

    private string Write(string id, string cgroup, string[] labels, bool network)
    {
        string directory = Path.Combine(_root.FullName, "ns", id);
        Directory.CreateDirectory(directory);
        string list = string.Join(',', labels.Select(label => $"\"{label}\""));
        string namespaces = network ? """{"type":"NEWPID"},{"type":"NEWNET","path":""}""" : """{"type":"NEWPID"}""";
        string file = Path.Combine(directory, "state.json");
        File.WriteAllText(file, $$"""
            {"id":"{{id}}","created":"2026-01-01T00:00:00Z","cgroup_paths":{"":"/sys/fs/cgroup{{cgroup}}"},
             "config":{"labels":[{{list}}],"namespaces":[{{namespaces}}]} }
            """);
        return file;
    }

    private static async Task<ContainerIdentity?> Ask(RuncStateSource source, string path, ContainerIdentity known) =>
        await source.FindAsync(new ContainerQuery(1, path, known), TestContext.Current.CancellationToken);
}
