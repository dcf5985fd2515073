// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Docker;
using NodeAgent.Enrichment.Tests.Containers.Cri;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers.Docker;

/// <summary>Engines that are away, hang or talk nonsense, and answers that only Docker gives.</summary>
public sealed class DockerSourceTests
{
    private static readonly string Id = new('a', 64);

    public static TheoryData<string, RequestDelegate> Nonsense { get; } = new()
    {
        { "no JSON", context => context.Response.WriteAsync("<html>") },
        { "an error", context =>
            {
                context.Response.StatusCode = 500;
                return Task.CompletedTask;
            }
        },
        { "an endless answer", context => context.Response.WriteAsync(new string(' ', 5 << 20)) },
        { "a closed connection", context => Task.Run(context.Abort) },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Find_Nonsense_IsCountedAndTheContainerStaysUnknown(string what, RequestDelegate answer)
    {
        await using FakeRuntime engine = await FakeRuntime.StartAsync(answer, HttpProtocols.Http1);
        using DockerSource source = Source(engine.Socket);

        Assert.Null(await FindAsync(source));
        Assert.True(source.Failures == 1, what);
    }

    [Fact]
    public async Task Find_EngineHangs_GivesUpAndPausesBeforeTheNextQuestion()
    {
        var never = new TaskCompletionSource();
        await using FakeRuntime engine = await FakeRuntime.StartAsync(_ => never.Task, HttpProtocols.Http1);
        using DockerSource source = Source(engine.Socket);

        Assert.Null(await FindAsync(source));
        Assert.Null(await FindAsync(source));
        Assert.Equal((1, 1), (source.Failures, engine.Requests));
        never.SetResult();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Id":"another"}""")]
    public async Task Find_AnotherDocument_IsNoContainerAndNoFailure(string json)
    {
        await using FakeRuntime engine = await FakeRuntime.StartAsync(context => context.Response.WriteAsync(json), HttpProtocols.Http1);
        using DockerSource source = Source(engine.Socket);

        Assert.Null(await FindAsync(source));
        Assert.Equal(0, source.Failures);
    }

    [Fact]
    public async Task Find_EverythingOptionalMissing_IsStillThatContainer()
    {
        await using FakeRuntime engine = await FakeRuntime.StartAsync(context => context.Response.WriteAsync($$"""{"Id":"{{Id}}"}"""), HttpProtocols.Http1);
        using DockerSource source = Source(engine.Socket);

        ContainerIdentity? found = await FindAsync(source);

        Assert.Equal((UnitKind.Container, "docker", string.Empty, false), (found!.Kind, found.Runtime, found.Image, found.HostNetwork));
    }

    [Fact]
    public async Task Find_ContainerOfCriDockerd_HasItsPod()
    {
        await using FakeRuntime engine = await FakeRuntime.StartAsync(
            context => context.Response.WriteAsync(context.Request.Path.Value!.StartsWith("/images/", StringComparison.Ordinal)
                ? """{"RepoDigests":["nginx@sha256:0123"]}"""
                : $$"""
                    {"Id":"{{Id}}","Name":"/k8s_app_web-0_shop","Image":"sha256:77","HostConfig":{"NetworkMode":"container:x"},
                     "Config":{"Image":"nginx:1","Labels":{"io.kubernetes.pod.name":"web-0","io.kubernetes.pod.namespace":"shop",
                       "io.kubernetes.pod.uid":"u","io.kubernetes.container.name":"app"} } }
                    """),
            HttpProtocols.Http1);
        using DockerSource source = Source(engine.Socket);

        ContainerIdentity? found = await FindAsync(source);

        Assert.Equal(("app", "web-0", "shop", "u"), (found!.ContainerName, found.PodName, found.PodNamespace, found.PodUid));
        Assert.Equal(("nginx:1", "sha256:0123", false), (found.Image, found.ImageDigest, found.HostNetwork));
    }

    private static DockerSource Source(string socket)
    {
        var options = new DockerOptions { CallTimeout = TimeSpan.FromSeconds(1), MinBackoff = TimeSpan.FromMinutes(1), MaxBackoff = TimeSpan.FromMinutes(1) };
        options.Sockets.Clear();
        options.Sockets.Add(socket);
        return new DockerSource(options, TimeProvider.System, NullLogger<DockerSource>.Instance);
    }

    private static async Task<ContainerIdentity?> FindAsync(DockerSource source) => await source.FindAsync(
        new ContainerQuery(1, "/x", new ContainerIdentity { ContainerId = Id }), TestContext.Current.CancellationToken);
}
