// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Docker;
using NodeAgent.Enrichment.Containers.Oci;
using NodeAgent.Events.Identity;
using NodeAgent.TestSupport.Containerd;
using NodeAgent.TestSupport.Podman;

namespace NodeAgent.Enrichment.Tests.Containers.Docker;

/// <summary>Against a real Podman, which serves Docker's API.</summary>
[Trait("Level", "Integration")]
public sealed class PodmanTests
{
    [Fact]
    public async Task Find_RunningContainer_HasNameImageLabelsAndConfiguration()
    {
        Assert.SkipWhen(PodmanFixture.Missing is not null, PodmanFixture.Missing ?? string.Empty);
        await using PodmanFixture podman = await PodmanFixture.StartAsync();
        string id = await podman.RunContainerAsync("web", "--label", "app=shop", "-e", "TOKEN=secret", "--cap-add", "NET_ADMIN", "-v", "/usr:/data:ro");
        var options = new DockerOptions();
        options.Sockets.Clear();
        options.Sockets.Add("/nowhere/absent.sock");
        options.Sockets.Add(podman.Socket);
        using var source = new DockerSource(options, TimeProvider.System, NullLogger<DockerSource>.Instance);
        var known = new ContainerIdentity { Kind = UnitKind.Container, ContainerId = id };

        ContainerIdentity? found = await source.FindAsync(new ContainerQuery(1, "/x", known), TestContext.Current.CancellationToken);

        Assert.Equal((id, "web", "podman"), (found!.ContainerId, found.ContainerName, found.Runtime));
        Assert.Equal(BusyboxImage.Name, found.Image);
        Assert.Matches("^sha256:[0-9a-f]{64}$", found.ImageDigest);
        Assert.Equal("shop", found.PodLabels["app"]);
        Assert.True(found.HostNetwork);
        Assert.Equal(new WorkloadIdentity("v1", "Container", "default", "web"), found.Workload);

        var bundles = new OciBundleOptions();
        bundles.Directories.Clear();
        bundles.Directories.Add(podman.BundlePattern);
        ContainerConfiguration set = new OciBundles(bundles).Find(id)!.Configuration;
        Assert.Contains("TOKEN", set.EnvironmentNames);
        Assert.Contains("CAP_NET_ADMIN", set.Capabilities);
        Assert.Contains(new ContainerMount("/data", "/usr", "bind", true), set.Mounts);

        Assert.Null(await Find(source, id[..12]));
        Assert.Null(await Find(source, "web"));
        Assert.Null(await Find(source, new string('f', 64)));
        Assert.Equal(0, source.Failures);
    }

    private static async Task<ContainerIdentity?> Find(DockerSource source, string id) =>
        await source.FindAsync(new ContainerQuery(1, "/x", new ContainerIdentity { ContainerId = id }), TestContext.Current.CancellationToken);
}
