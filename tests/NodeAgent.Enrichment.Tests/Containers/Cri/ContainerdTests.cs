// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Events.Identity;
using NodeAgent.TestSupport.Containerd;

namespace NodeAgent.Enrichment.Tests.Containers.Cri;

/// <summary>Against a real containerd.</summary>
[Trait("Level", "Integration")]
public sealed class ContainerdTests : IAsyncLifetime
{
    private const string PodUid = "0c9f4a52-8f6d-4a0e-9a7b-5d1f2c3b4a59";
    private ContainerdFixture? _containerd;
    private CriSource? _source;

    public async ValueTask InitializeAsync()
    {
        if (ContainerdFixture.Missing is { } reason)
        {
            Assert.Skip(reason);
        }

        _containerd = await ContainerdFixture.StartAsync();
        var options = new CriOptions();
        options.Sockets.Clear();
        options.Sockets.Add("/nowhere/absent.sock");
        options.Sockets.Add(_containerd.Socket);
        _source = new CriSource(options, TimeProvider.System, NullLogger<CriSource>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _source?.Dispose();
        if (_containerd is not null)
        {
            await _containerd.DisposeAsync();
        }
    }

    [Fact]
    public async Task Find_ContainersOfAPod_NamesPodContainerAndImage()
    {
        string pod = await _containerd!.RunPodAsync("shop", "web-0", PodUid, ("app", "web"), ("tier", "front"));
        string running = await _containerd.RunContainerAsync(pod, "main", "/bin/sleep", "1000000");
        string ended = await _containerd.RunContainerAsync(pod, "short", "/bin/true");

        ContainerIdentity main = await FindAsync(running);
        ContainerIdentity brief = await FindAsync(ended);
        ContainerIdentity pause = await FindAsync(pod);

        Assert.Equal(("shop", "web-0", PodUid, "main"), (main.PodNamespace, main.PodName, main.PodUid, main.ContainerName));
        Assert.Equal((BusyboxImage.Name, "containerd", UnitKind.Container), (main.Image, main.Runtime, main.Kind));
        Assert.Matches("^sha256:[0-9a-f]{64}$", main.ImageDigest);
        Assert.True(main.HostNetwork);
        Assert.Equal(new Dictionary<string, string> { ["app"] = "web", ["tier"] = "front" }, main.PodLabels);
        Assert.Equal(new WorkloadIdentity("v1", "Pod", "shop", "web-0"), main.Workload);
        Assert.Equal(("web-0", "short"), (brief.PodName, brief.ContainerName));
        Assert.Equal(("web-0", "POD"), (pause.PodName, pause.ContainerName));
        Assert.Null(await _source!.FindAsync(Query(new string('f', 64)), TestContext.Current.CancellationToken));
        Assert.Null(await _source.FindAsync(Query(running[..12]), TestContext.Current.CancellationToken));
        Assert.Null(await _source.FindAsync(Query(string.Empty), TestContext.Current.CancellationToken));
        Assert.Equal(0, _source.Failures);
    }

    [Fact]
    public async Task Bundle_OfARunningContainer_TellsHowItWasSetUp()
    {
        string pod = await _containerd!.RunPodAsync("shop", "web-0", PodUid);
        string id = await _containerd.RunContainerAsync(pod, "main", "/bin/sleep", "1000000");
        var options = new OciBundleOptions();
        options.Directories.Clear();
        options.Directories.Add(_containerd.BundlePattern);
        var source = new OciBundleSource(new OciBundles(options));

        ContainerIdentity? found = await source.FindAsync(
            new ContainerQuery(1, "/x", new ContainerIdentity { Kind = UnitKind.Container, ContainerId = id }), TestContext.Current.CancellationToken);

        Assert.Equal(("shop", "web-0", PodUid, "main", BusyboxImage.Name), (found!.PodNamespace, found.PodName, found.PodUid, found.ContainerName, found.Image));
        ContainerConfiguration set = found.Configuration!;
        Assert.Equal(["/bin/sleep", "1000000"], set.Args);
        Assert.Contains("PATH", set.EnvironmentNames);
        Assert.Contains(set.Mounts, mount => mount is { Destination: "/proc", Type: "proc" });
        Assert.Contains("CAP_CHOWN", set.Capabilities);
        Assert.DoesNotContain("CAP_SYS_ADMIN", set.Capabilities);
        Assert.False(set.Privileged);
        Assert.True(set.HostNetwork);
        Assert.False(set.HostPid);
    }

    [Fact]
    public async Task Find_RuntimeRestarts_AnswersAgainAndContainersKeepTheirNames()
    {
        string pod = await _containerd!.RunPodAsync("shop", "web-0", PodUid);
        string before = await _containerd.RunContainerAsync(pod, "before", "/bin/sleep", "1000000");
        Assert.Equal("before", (await FindAsync(before)).ContainerName);

        await _containerd.RestartAsync();
        string after = await _containerd.RunContainerAsync(pod, "after", "/bin/sleep", "1000000");
        ContainerIdentity? found = null;
        for (int i = 0; found is null && i < 600; i++)
        {
            found = await _source!.FindAsync(Query(after), TestContext.Current.CancellationToken);
            await Task.Delay(found is null ? 100 : 0, TestContext.Current.CancellationToken);
        }

        Assert.Equal(("after", "web-0"), (found?.ContainerName, found?.PodName));
        Assert.Equal("before", (await FindAsync(before)).ContainerName);
    }

    private static ContainerQuery Query(string id) => new(1, "/kubepods/x", new ContainerIdentity { ContainerId = id });

    private async Task<ContainerIdentity> FindAsync(string id)
    {
        ContainerIdentity? found = await _source!.FindAsync(Query(id), TestContext.Current.CancellationToken);
        Assert.NotNull(found);
        Assert.Equal(id, found.ContainerId);
        return found;
    }
}
