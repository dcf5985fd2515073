// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Containers.Oci;

namespace NodeAgent.Enrichment.Tests.Containers.Oci;

public sealed class OciBundlesTests : IDisposable
{
    private const string Spec = """{"ociVersion":"1.0.2","process":{"args":["/app"]} }""";
    private static readonly string Id = new('b', 64);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("na-bundles-");

    public void Dispose() => _root.Delete(recursive: true);

    [Theory]
    [InlineData("/run/containerd/io.containerd.runtime.v2.task/k8s.io/")]
    [InlineData("/run/k3s/containerd/io.containerd.runtime.v2.task/k8s.io/")]
    [InlineData("/run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/")]
    public void Find_TasksOfContainerd_AreFoundUnderEachNamespace(string folder)
    {
        Write(folder + Id, Spec);

        Assert.Equal(["/app"], Bundles().Find(Id)!.Configuration.Args);
    }

    [Theory]
    [InlineData("/run/containers/storage/overlay-containers/")]
    [InlineData("/var/lib/containers/storage/vfs-containers/")]
    public void Find_ContainersOfTheStorageLibrary_AreFoundWithEachDriver(string folder)
    {
        Write($"{folder}{Id}/userdata", Spec);

        Assert.NotNull(Bundles().Find(Id));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a\0b")]
    [InlineData("*")]
    public void Find_NamesThatAreNoDirectoryName_AreNotLookedFor(string id)
    {
        Write("/run/containerd/io.containerd.runtime.v2.task/x", Spec);
        Write("/run/containerd/io.containerd.runtime.v2.task/k8s.io", Spec);

        Assert.Null(Bundles().Find(id));
    }

    [Fact]
    public void Find_HalfWrittenOversizedOrADirectory_IsNull()
    {
        const string Tasks = "/run/containerd/io.containerd.runtime.v2.task/";
        Write(Tasks + "a/" + Id, Spec[..20]);
        Directory.CreateDirectory($"{_root}{Tasks}b/{Id}/config.json");
        Write(Tasks + "c/" + Id, new string(' ', 5 << 20));

        Assert.Null(Bundles().Find(Id));
    }

    [Theory]
    [InlineData("relative/{id}")]
    [InlineData("/no/id")]
    public void Validate_BadDirectory_NamesTheKey(string directory)
    {
        var options = new OciBundleOptions();
        options.Directories.Add(directory);

        Assert.Contains("enrichment:bundles:Directories", Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private OciBundles Bundles() => new(new OciBundleOptions { HostRoot = _root.FullName });

    private void Write(string folder, string text)
    {
        Directory.CreateDirectory(_root.FullName + folder);
        File.WriteAllText($"{_root}{folder}/config.json", text);
    }
}
