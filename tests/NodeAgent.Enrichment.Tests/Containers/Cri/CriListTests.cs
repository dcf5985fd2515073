// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Cri.Messages;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Tests.Containers.Cri;

/// <summary>A runtime that is full of containers when the agent comes: against a double, which counts what it is asked.</summary>
public sealed class CriListTests : IAsyncLifetime
{
    private const int Containers = 300;
    private const string Config = "sha256:00c0ffee";
    private readonly ManualTime _time = new();
    private readonly Dictionary<string, Container> _known = [];
    private readonly List<string> _asked = [];
    private string _status = "0";
    private FakeRuntime _runtime = null!;
    private CriSource _source = null!;

    public async ValueTask InitializeAsync()
    {
        for (int i = 0; i < Containers; i++)
        {
            Make(i);
        }

        _runtime = await FakeRuntime.StartAsync(AnswerAsync);
        var options = new CriOptions();
        options.Sockets.Clear();
        options.Sockets.Add(_runtime.Socket);
        _source = new CriSource(options, _time, NullLogger<CriSource>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        await _runtime.DisposeAsync();
    }

    [Fact]
    public async Task Find_EachOfAFullNode_IsOneListAndAQuestionForEachPodAndImage()
    {
        Assert.Equal("main-0", (await FindAsync(0))!.ContainerName);
        for (int i = 1; i < Containers; i++)
        {
            Assert.Equal(($"main-{i}", $"pod-{i / 3}", "r.io/a:1"), (await FindAsync(i)) is { } found ? (found.ContainerName, found.PodName, found.Image) : default);
        }

        Assert.Equal(["Version", "ListContainers all"], _asked.Take(2));
        Assert.Single(_asked, "ImageStatus");
        Assert.Equal(Containers / 3, _asked.Count(method => method == "PodSandboxStatus"));
        Assert.Equal(3 + (Containers / 3), _asked.Count);
    }

    [Fact]
    public async Task Find_ContainerThatEndedAndIsGoneBeforeItsTurn_HasItsName()
    {
        await FindAsync(0);
        _known.Clear();

        Assert.Equal(("main-7", "pod-2"), (await FindAsync(7)) is { } found ? (found.ContainerName, found.PodName) : default);
    }

    [Fact]
    public async Task Find_ContainerThatCameLater_IsAskedForByItsId()
    {
        await FindAsync(0);
        Make(1000);
        _asked.Clear();

        Assert.Equal("main-1000", (await FindAsync(1000))!.ContainerName);
        Assert.Equal(["ListContainers one", "PodSandboxStatus"], _asked);
        Assert.Null(await FindAsync(2000));
    }

    [Fact]
    public async Task Find_RuntimeThatFailedAnswersAgain_IsListedOnceMore()
    {
        await FindAsync(0);
        _status = "14";
        Make(1000);
        Make(1001);
        Assert.Null(await FindAsync(1000));
        _status = "0";
        _time.Advance(TimeSpan.FromSeconds(1));
        _asked.Clear();

        Assert.Equal("main-1000", (await FindAsync(1000))!.ContainerName);
        Assert.Equal("main-1001", (await FindAsync(1001))!.ContainerName);
        Assert.Equal(["ListContainers all", "PodSandboxStatus"], _asked);
    }

    [Fact]
    public async Task Find_ImageThatWasPulled_HasTheDigestOfItsRepository()
    {
        ContainerIdentity found = (await FindAsync(0))!;

        // The container's own reference is that of the image's configuration, as containerd has it.
        Assert.Equal(Config, _known[Id(0)].ImageRef);
        Assert.Equal(("r.io/a:1", "sha256:0123"), (found.Image, found.ImageDigest));
    }

    private void Make(int number)
    {
        var container = new Container { Id = Id(number), PodSandboxId = $"pod-{number / 3}", ImageRef = Config, Metadata = new ContainerMetadata { Name = $"main-{number}" } };
        container.Image = new ImageSpec { Image = Config };
        _known[container.Id] = container;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        string method = context.Request.Path.Value!.Split('/')[^1];
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        byte[] message = body.ToArray()[5..];
        IMessage answer = method switch
        {
            "Version" => new VersionResponse { RuntimeName = "containerd" },
            "ListContainers" => List(ListContainersRequest.Parser.ParseFrom(message), ref method),
            "PodSandboxStatus" => Pod(PodSandboxStatusRequest.Parser.ParseFrom(message).PodSandboxId),
            _ => new ImageStatusResponse { Image = new Image { Id = Config, RepoTags = { "r.io/a:1" }, RepoDigests = { "r.io/a@sha256:0123" } } },
        };
        _asked.Add(method);
        string status = answer is PodSandboxStatusResponse { Status: null } ? "5" : _status;
        await FakeRuntime.Answer(status == "0" ? FakeRuntime.Frame(answer) : [], status)(context);
    }

    private ListContainersResponse List(ListContainersRequest question, ref string method)
    {
        method += question.Filter is null ? " all" : " one";
        var list = new ListContainersResponse();
        list.Containers.Add(_known.Values.Where(container => question.Filter is null || container.Id == question.Filter.Id));
        return list;
    }

    private static PodSandboxStatusResponse Pod(string id) => id.StartsWith("pod-", StringComparison.Ordinal)
        ? new() { Status = new PodSandboxStatus { Id = id, Metadata = new PodSandboxMetadata { Name = id, Namespace = "shop", Uid = "u" } } }
        : new();

    private static string Id(int number) => number.ToString("x64", CultureInfo.InvariantCulture);

    private async Task<ContainerIdentity?> FindAsync(int number) => await _source.FindAsync(
        new ContainerQuery(1, "/x", new ContainerIdentity { Kind = UnitKind.Container, ContainerId = Id(number) }), TestContext.Current.CancellationToken);
}
