// SPDX-License-Identifier: Apache-2.0
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers.Cri;

/// <summary>Runtimes that are away, hang or talk nonsense.</summary>
public sealed class CriSourceTests
{
    private static readonly string Id = new('a', 64);

    public static TheoryData<string, RequestDelegate> Nonsense { get; } = new()
    {
        { "no frame", FakeRuntime.Answer([]) },
        { "a cut frame", FakeRuntime.Answer([0, 0, 0, 0, 9, 1]) },
        { "a length that lies", FakeRuntime.Answer([0, 0xff, 0xff, 0xff, 0xff]) },
        { "compressed", FakeRuntime.Answer([1, 0, 0, 0, 0]) },
        { "two messages", FakeRuntime.Answer([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) },
        { "no protobuf", FakeRuntime.Answer([0, 0, 0, 0, 3, 0x0a, 0xff, 0x01]) },
        { "an error", FakeRuntime.Answer([], "14") },
        { "a status that is no number", FakeRuntime.Answer([0, 0, 0, 0, 0], "x") },
        { "no status", context => context.Response.WriteAsync("hello") },
        { "404", context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            }
        },
        { "a closed stream", context => Task.Run(context.Abort) },
    };

    [Theory]
    [MemberData(nameof(Nonsense))]
    public async Task Find_Nonsense_IsCountedAndTheContainerStaysUnknown(string what, RequestDelegate answer)
    {
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(answer);
        using CriSource source = Source(TimeProvider.System, runtime.Socket);

        Assert.Null(await source.FindAsync(Query(), TestContext.Current.CancellationToken));
        Assert.True(source.Failures == 1, what);
    }

    [Fact]
    public async Task Find_RuntimeHangs_GivesUpAfterTheTimeout()
    {
        var never = new TaskCompletionSource();
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(_ => never.Task);
        using CriSource source = Source(TimeProvider.System, runtime.Socket);

        Assert.Null(await source.FindAsync(Query(), TestContext.Current.CancellationToken));
        Assert.Equal(1, source.Failures);
        never.SetResult();
    }

    [Fact]
    public async Task Find_PeerSpeaksSomethingElse_IsAFailure()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("na-cri-");
        string path = Path.Combine(folder.FullName, "s");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task talking = Task.Run(async () =>
        {
            using Socket peer = await listener.AcceptAsync(TestContext.Current.CancellationToken);
            await peer.SendAsync(Encoding.ASCII.GetBytes("220 mail.example ESMTP\r\n"), TestContext.Current.CancellationToken);
        });
        using CriSource source = Source(TimeProvider.System, path);

        Assert.Null(await source.FindAsync(Query(), TestContext.Current.CancellationToken));
        Assert.Equal(1, source.Failures);
        await talking;
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Find_AfterAFailure_AsksAgainAfterAPauseThatDoubles()
    {
        var time = new ManualTime();
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(FakeRuntime.Answer([], "14"));
        using CriSource source = Source(time, runtime.Socket);
        await source.FindAsync(Query(), TestContext.Current.CancellationToken);
        int[] due = new int[3];
        for (int at = 0; at < due.Length; at++)
        {
            int before = runtime.Requests;
            while (runtime.Requests == before)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                due[at]++;
                await source.FindAsync(Query(), TestContext.Current.CancellationToken);
            }
        }

        Assert.Equal([1, 2, 4], due);
    }

    [Fact]
    public async Task Find_NoSocket_IsNoFailure()
    {
        using CriSource source = Source(TimeProvider.System, "/nowhere/absent.sock");

        Assert.Null(await source.FindAsync(Query(), TestContext.Current.CancellationToken));
        Assert.Equal(0, source.Failures);
    }

    [Fact]
    public async Task Find_Cancelled_Throws()
    {
        await using FakeRuntime runtime = await FakeRuntime.StartAsync(FakeRuntime.Answer([]));
        using CriSource source = Source(TimeProvider.System, runtime.Socket);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await source.FindAsync(Query(), new CancellationToken(canceled: true)));
        Assert.Equal(0, source.Failures);
    }

    private static ContainerQuery Query() => new(1, "/kubepods/x", new ContainerIdentity { ContainerId = Id });

    private static CriSource Source(TimeProvider time, params string[] sockets)
    {
        var options = new CriOptions { CallTimeout = TimeSpan.FromSeconds(1) };
        options.Sockets.Clear();
        foreach (string socket in sockets)
        {
            options.Sockets.Add(socket);
        }

        return new CriSource(options, time, NullLogger<CriSource>.Instance);
    }
}
