// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers.Cri;

/// <summary>Where the distributions put their runtime's socket: each is found without being told.</summary>
public sealed class SocketPlaceTests
{
    private static readonly string Id = new('a', 64);

    [Theory]
    [InlineData("containerd, kind, Bottlerocket", "run/containerd/containerd.sock")]
    [InlineData("CRI-O", "run/crio/crio.sock")]
    [InlineData("cri-dockerd", "run/cri-dockerd.sock")]
    [InlineData("k3s, RKE2", "run/k3s/containerd/containerd.sock")]
    [InlineData("k0s", "run/k0s/containerd.sock")]
    [InlineData("microk8s", "var/snap/microk8s/common/run/containerd.sock")]
    [InlineData("Bottlerocket before 1.24", "run/dockershim.sock")]
    public async Task Find_SocketOfADistribution_IsAskedByItself(string distribution, string place)
    {
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(
            async context =>
            {
                bool isVersion = context.Request.Path.Value!.EndsWith("Version", StringComparison.Ordinal);
                await FakeRuntime.Answer(FakeRuntime.Frame(isVersion ? new VersionResponse { RuntimeName = distribution } : List()))(context);
            },
            place: place);
        var options = new CriOptions { HostRoot = runtime.Socket[..^(place.Length + 1)] };
        using var source = new CriSource(options, TimeProvider.System, NullLogger<CriSource>.Instance);

        Assert.True(source.IsThere);
        ContainerIdentity? found = await source.FindAsync(new ContainerQuery(1, "/x", new ContainerIdentity { ContainerId = Id }), TestContext.Current.CancellationToken);
        Assert.Equal((distribution, "main"), (found!.Runtime, found.ContainerName));
    }

    private static ListContainersResponse List()
    {
        var list = new ListContainersResponse();
        list.Containers.Add(new Container { Id = Id, ImageRef = "r.io/a@sha256:0123", Metadata = new ContainerMetadata { Name = "main" } });
        return list;
    }
}
