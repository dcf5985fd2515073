// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers.Cri;

/// <summary>The event stream, which Debian's containerd does not have yet: against a double that is written from the CRI's description.</summary>
public sealed class CriEventsTests
{
    private static readonly string Id = new('a', 64);

    [Fact]
    public async Task Find_ContainerTheRuntimeToldOf_IsKnownWithoutAQuestion()
    {
        var asked = new List<string>();
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(async context =>
        {
            string method = context.Request.Path.Value!;
            lock (asked)
            {
                asked.Add(method);
            }

            if (method.EndsWith("GetContainerEvents", StringComparison.Ordinal))
            {
                context.Response.ContentType = "application/grpc";
                await context.Response.Body.WriteAsync(FakeRuntime.Frame(Event()), context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await FakeRuntime.Answer(FakeRuntime.Frame(new VersionResponse { RuntimeName = "containerd" }))(context);
        });
        using CriSource source = Source(runtime.Socket);
        using var stop = new CancellationTokenSource();
        Task listening = source.RunAsync(stop.Token);

        ContainerIdentity? found = null;
        for (int i = 0; found is null && i < 6000; i++)
        {
            found = await FindAsync(source);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        lock (asked)
        {
            asked.Clear();
        }

        Assert.NotNull(await FindAsync(source));
        Assert.Empty(asked);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
        Assert.Equal(("web-0", "shop", "main", "containerd"), (found!.PodName, found.PodNamespace, found.ContainerName, found.Runtime));
        Assert.Equal(("r.io/a:1", "sha256:0123"), (found.Image, found.ImageDigest));
        Assert.Equal("web", found.PodLabels["app"]);
    }

    [Fact]
    public async Task Run_RuntimeWithoutEvents_GoesOnAndIsNoFailure()
    {
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "12";
            return Task.CompletedTask;
        });
        using CriSource source = Source(runtime.Socket);
        using var stop = new CancellationTokenSource();
        Task listening = source.RunAsync(stop.Token);
        for (int i = 0; runtime.Requests < 3 && i < 6000; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.False(listening.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
        Assert.True(runtime.Requests >= 3); // asked again: a runtime may be upgraded
        Assert.Equal(0, source.Failures);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0xff, 0xff, 0xff, 0xff })] // a length that lies
    [InlineData(new byte[] { 0, 0, 0, 0, 9, 1 })] // cut
    [InlineData(new byte[] { 0, 0, 0, 0, 3, 0x0a, 0xff, 0x01 })] // no protobuf
    [InlineData(new byte[] { 1, 0, 0, 0, 0 })] // compressed
    [InlineData(new byte[] { 0, 0, 0, 0, 0 })] // an event of nothing
    public async Task Run_Nonsense_NeitherEndsNorFloods(byte[] body)
    {
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(FakeRuntime.Answer(body));
        using CriSource source = Source(runtime.Socket);
        using var stop = new CancellationTokenSource();
        Task listening = source.RunAsync(stop.Token);
        for (int i = 0; runtime.Requests < 2 && i < 6000; i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.False(listening.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
        Assert.True(runtime.Requests >= 2);
    }

    private static ContainerEventResponse Event()
    {
        var sandbox = new PodSandboxStatus { Id = new string('b', 64), Metadata = new PodSandboxMetadata { Name = "web-0", Namespace = "shop", Uid = "u" } };
        sandbox.Labels.Add("app", "web");
        var told = new ContainerEventResponse { ContainerId = Id, PodSandboxStatus = sandbox };
        told.ContainersStatuses.Add(new ContainerStatus
        {
            Id = Id,
            Metadata = new ContainerMetadata { Name = "main" },
            Image = new ImageSpec { Image = "r.io/a:1" },
            ImageRef = "r.io/a@sha256:0123",
        });
        return told;
    }

    private static CriSource Source(string socket)
    {
        var options = new CriOptions { MinBackoff = TimeSpan.FromMilliseconds(20), MaxBackoff = TimeSpan.FromMilliseconds(20) };
        options.Sockets.Clear();
        options.Sockets.Add(socket);
        return new CriSource(options, TimeProvider.System, NullLogger<CriSource>.Instance);
    }

    private static async Task<ContainerIdentity?> FindAsync(CriSource source) => await source.FindAsync(
        new ContainerQuery(1, "/x", new ContainerIdentity { ContainerId = Id }), TestContext.Current.CancellationToken);
}
