// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Enrichment.Containers.Docker;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Enrichment.Tests.Containers.Cri;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers;

/// <summary>Cgroups that are called after somebody else's container, and engines that talk of what is not theirs.</summary>
public sealed class ForeignNameTests
{
    private const string Uid = "0c9f4a52-8f6d-4a0e-9a7b-5d1f2c3b4a59";
    private const string OtherUid = "99999999-8f6d-4a0e-9a7b-5d1f2c3b4a59";
    private static readonly string Id = new('a', 64);
    private static readonly string Users = $"/user.slice/user-1500.slice/user@1500.service/app.slice/libpod-{Id}.scope";

    [Theory]
    [InlineData("/user.slice/user-1500.slice/user@1500.service/app.slice/x.scope", "1500")]
    [InlineData("/user.slice/user-1500.slice/user@1500.service/user@0.service/x.scope", "1500")]
    [InlineData("/user.slice/user-1500.slice/user@1500.service", "1500")]
    [InlineData("/user.slice/user@.service/x", "")]
    [InlineData("/system.slice/docker.service", "")]
    [InlineData("/kubepods/poduser@1500.service", "")]
    [InlineData("", "")]
    public void OwnerOf_Path_IsTheOutermostUser(string path, string user) => Assert.Equal(user, UserTree.OwnerOf(path));

    [Theory]
    [InlineData("/run/user/1500/podman/podman.sock", "1500")]
    [InlineData("/host/run/user/1500/docker.sock", "1500")]
    [InlineData("/run/podman/podman.sock", "")]
    [InlineData("/run/user/x", "")]
    public void OwnerOfSocket_Path_IsWhoListensThere(string socket, string user) => Assert.Equal(user, UserTree.OwnerOfSocket(socket));

    [Fact]
    public async Task UsersEngine_AnyContainer_IsHeardOfItsUsersOnlyAndNamesNoPod()
    {
        await using FakeRuntime engine = await FakeRuntime.StartAsync(
            context => context.Response.WriteAsync($$"""
                {"Id":"{{Id}}","Name":"/mine","Config":{"Image":"x:1","Labels":{"io.kubernetes.pod.name":"etcd","io.kubernetes.pod.namespace":"kube-system","io.kubernetes.pod.uid":"{{Uid}}"} } }
                """),
            HttpProtocols.Http1,
            "run/user/1500/podman/podman.sock");
        var options = new DockerOptions();
        options.Sockets.Clear();
        options.Sockets.Add(engine.Socket);
        using var source = new DockerSource(options, TimeProvider.System, NullLogger<DockerSource>.Instance);

        Assert.Null(await FindAsync(source, $"/docker/{Id}"));
        Assert.Null(await FindAsync(source, $"/kubepods/pod{Uid}/{Id}", Uid));
        Assert.Null(await FindAsync(source, Users.Replace("1500", "1501", StringComparison.Ordinal)));
        Assert.Equal(0, engine.Requests);
        ContainerIdentity? found = await FindAsync(source, Users);
        Assert.Equal(("mine", "x:1", "podman", string.Empty, string.Empty), (found!.ContainerName, found.Image, found.Runtime, found.PodName, found.PodUid));
        Assert.Equal(new WorkloadIdentity("v1", "Container", "default", "mine"), found.Workload);
    }

    [Fact]
    public async Task SystemsEngine_ContainerOfAUser_IsNotAsked()
    {
        await using FakeRuntime engine = await FakeRuntime.StartAsync(context => context.Response.WriteAsync($$"""{"Id":"{{Id}}"}"""), HttpProtocols.Http1);
        var options = new DockerOptions();
        options.Sockets.Clear();
        options.Sockets.Add(engine.Socket);
        using var source = new DockerSource(options, TimeProvider.System, NullLogger<DockerSource>.Instance);

        Assert.Null(await FindAsync(source, Users));
        Assert.Equal(0, engine.Requests);
        Assert.NotNull(await FindAsync(source, $"/docker/{Id}"));
    }

    [Fact]
    public async Task Runtime_CgroupThatHasOnlyTheIdOfItsContainer_DoesNotNameIt()
    {
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(Cri);
        var options = new CriOptions();
        options.Sockets.Clear();
        options.Sockets.Add(runtime.Socket);
        using var source = new CriSource(options, TimeProvider.System, NullLogger<CriSource>.Instance);

        Assert.Null(await FindAsync(source, Users));
        Assert.Null(await FindAsync(source, $"/kubepods/pod{OtherUid}/{new string('b', 64)}/docker/{Id}", OtherUid)); // the pod's of the container around it
        Assert.Equal(0, runtime.Requests);
        Assert.Null(await FindAsync(source, $"/kubepods/pod{OtherUid}/{Id}", OtherUid));
        Assert.Equal("etcd", (await FindAsync(source, $"/kubepods/pod{Uid}/{Id}", Uid))!.PodName);
        Assert.Equal("etcd", (await FindAsync(source, $"/system.slice/cri-containerd-{Id}.scope"))!.PodName); // a runtime that tells no pod in its paths
    }

    [Fact]
    public async Task Bundle_ContainerOfAUser_IsNotLookedFor()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("na-bundles-");
        Directory.CreateDirectory(Path.Combine(folder.FullName, Id));
        await File.WriteAllTextAsync(
            Path.Combine(folder.FullName, Id, "config.json"),
            """{"ociVersion":"1.0.2","annotations":{"io.kubernetes.cri.container-name":"etcd"}}""",
            TestContext.Current.CancellationToken);
        var options = new OciBundleOptions();
        options.Directories.Clear();
        options.Directories.Add(folder.FullName + "/{id}");
        var source = new OciBundleSource(new OciBundles(options));

        Assert.Null(await FindAsync(source, Users));
        Assert.Equal("etcd", (await FindAsync(source, $"/docker/{Id}"))!.ContainerName);
        folder.Delete(recursive: true);
    }

    private static Task Cri(HttpContext context)
    {
        string method = context.Request.Path.Value!;
        if (method.EndsWith("Version", StringComparison.Ordinal))
        {
            return FakeRuntime.Answer(FakeRuntime.Frame(new VersionResponse { RuntimeName = "containerd" }))(context);
        }

        if (method.EndsWith("PodSandboxStatus", StringComparison.Ordinal))
        {
            return FakeRuntime.Answer(FakeRuntime.Frame(new PodSandboxStatusResponse
            {
                Status = new PodSandboxStatus { Id = "s", Metadata = new PodSandboxMetadata { Name = "etcd", Namespace = "kube-system", Uid = Uid } },
            }))(context);
        }

        var list = new ListContainersResponse();
        list.Containers.Add(new Container { Id = Id, PodSandboxId = "s", ImageRef = "r.io/a@sha256:0123", Metadata = new ContainerMetadata { Name = "main" } });
        return FakeRuntime.Answer(FakeRuntime.Frame(list))(context);
    }

    private static async Task<ContainerIdentity?> FindAsync(IContainerMetadataSource source, string path, string podUid = "") => await source.FindAsync(
        new ContainerQuery(1, path, new ContainerIdentity { Kind = UnitKind.Container, ContainerId = Id, PodUid = podUid }), TestContext.Current.CancellationToken);
}
