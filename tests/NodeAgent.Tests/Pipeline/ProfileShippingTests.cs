// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Export.Storage;

namespace NodeAgent.Tests.Pipeline;

/// <summary>From the learner to the real storage, over TLS.</summary>
public sealed class ProfileShippingTests : IAsyncDisposable
{
    private readonly ScratchFolder _data = new();
    private readonly EmbeddedServer _server;

    public ProfileShippingTests() => _server = new EmbeddedServer(_data["storage"]);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task Ship_StorageAwayAndAgentRestartedMeanwhile_LosesNothing()
    {
        await _server.StartAsync();
        await using (var first = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a"))
        {
            first.Call(0, 20);
            await first.UntilAsync(async () => await PeersAsync() == 20, "the first calls in the storage");
            await _server.DisposeAsync();
            first.Call(20, 20);
            await first.UntilAsync(() => first.Export.Metrics.Retries >= 3, "attempts at a storage that is away");
        }

        await using var second = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a");
        second.Call(40, 20);
        await second.UntilAsync(() => second.Export.Metrics.Retries >= 3, "attempts of the next agent");
        await _server.StartAsync();

        await second.UntilAsync(async () => await PeersAsync() == 60, "all calls in the storage");
        await second.UntilAsync(() => second.Export.Metrics.Owed == 0, "nothing is owed");
        ContainerProfile profile = (await ProfileAsync())!;
        Assert.DoesNotContain(Profiles.Deltas.ProfileStatement.DeltaMissing, profile.Metadata.Annotations!.GetValueOrDefault(KubescapeAnnotations.PartialReason) ?? "", StringComparison.Ordinal);
        Assert.Equal(60, (await NetworkAsync())!.Spec!.Containers![0].Egress!.Count);
    }

    [Fact]
    public async Task Ship_StorageAwayForHours_AsksLessOftenAndCatchesUpAtOnce()
    {
        await _server.StartAsync();
        var clock = new HurriedClock();
        await using var agent = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a", clock, new ShipperOptions { MaxDelay = TimeSpan.FromMinutes(10) });
        agent.Call(0, 1);
        await agent.UntilAsync(async () => await PeersAsync() == 1, "the first call in the storage");
        await _server.DisposeAsync();

        // Ten attempts until the pause is the longest, then one in ten minutes at most.
        agent.Call(1, 1);
        await agent.UntilAsync(() => agent.Export.Metrics.Retries >= 30, "hours of attempts");
        Assert.True(clock.Slept >= TimeSpan.FromHours(1.5), clock.Slept.ToString());
        agent.Call(2, 300);
        await _server.StartAsync();

        await agent.UntilAsync(async () => await PeersAsync() == 302, "all calls in the storage");
    }

    [Fact]
    public async Task Ship_TwoNodesWithOneProfile_AreUnited()
    {
        await _server.StartAsync();
        await using var one = new ShippingAgent(_data["one"], _server.Connect(), "node-a");
        await using var other = new ShippingAgent(_data["other"], _server.Connect(), "node-b");
        one.Call(0, 30);
        other.Call(20, 30);
        await one.UntilAsync(() => one.Export.Metrics.Sent > 0, "the first told");
        await other.UntilAsync(async () => await PeersAsync() == 50, "both in the storage");
        one.Call(100, 1);
        await one.UntilAsync(async () => await PeersAsync() == 51, "a later call of the first");
    }

    [Fact]
    public async Task Ship_StorageThatTakesSmallBodiesOnly_IsToldInSmallChunks()
    {
        await _server.StartAsync(maxBodyBytes: 16 << 10);
        await using var agent = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a", options: new ShipperOptions { BaseDelay = ShippingAgent.Fast.BaseDelay, MaxDelay = ShippingAgent.Fast.MaxDelay, MaxChunkBytes = 128 << 10 });
        agent.Call(0, 600);

        await agent.UntilAsync(async () => await PeersAsync() == 600, "all calls in the storage");

        Assert.True(agent.Export.Metrics is { LimitsHalved: > 0, Splits: > 0, Sent: > 5, Rejected: 0, EntriesRefused: 0 });
        Assert.Equal(ProfileCompletion.Complete, (await ProfileAsync())!.Metadata.Annotations![KubescapeAnnotations.Completion]);
    }

    [Fact]
    public async Task Ship_ProfileDeletedInTheStorage_IsToldWholeAgain()
    {
        await _server.StartAsync();
        await using var agent = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a");
        agent.Call(0, 30);
        await agent.UntilAsync(async () => await PeersAsync() == 30, "all calls in the storage");
        using (var client = new StorageClient(_server.Connect()))
        {
            Assert.True(await client.DeleteAsync("containerprofiles", "shop", (await ProfileAsync())!.Metadata.Name!, CancellationToken.None));
            Assert.Null(await NetworkAsync());
        }

        agent.Call(30, 1);

        await agent.UntilAsync(async () => await PeersAsync() == 31, "all calls in the storage again");
        Assert.Equal(1, agent.Export.Metrics.StartedOver);
        Assert.Equal(ProfileCompletion.Complete, (await ProfileAsync())!.Metadata.Annotations![KubescapeAnnotations.Completion]);
    }

    [Fact]
    public async Task Ship_ProfileThatGrows_SendsWhatIsNewOnly()
    {
        await _server.StartAsync();
        await using var agent = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a");
        agent.Call(0, 1000);
        await agent.UntilAsync(async () => await PeersAsync() == 1000, "all calls in the storage");
        long before = agent.Export.Metrics.SentBytes;
        agent.Call(1000, 1);
        await agent.UntilAsync(async () => await PeersAsync() == 1001, "one call more");

        Assert.InRange(agent.Export.Metrics.SentBytes - before, 500, 20_000);
        Assert.True(before > 100_000);
    }

    [Fact]
    public async Task Ship_ImageWithAnSbom_NamesItsFilesOneByOneFromTheNodeToTheStorage()
    {
        await _server.StartAsync();
        await PutSbomAsync("/data/f7", "/data/f55");
        await using var agent = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a");
        agent.Container.Identity = agent.Container.Identity with { Image = "r.io/web:1", ImageDigest = "sha256:0123abcdef" };
        agent.Open(0, 60);

        // The node has put the sixty into one pattern long before the storage hears of them.
        await agent.UntilAsync(async () => (await OpensAsync()).Contains("/data/f55"), "the files of the image in the storage");
        Assert.Equal(["/data/f55", "/data/f7", "/data/⋯"], await OpensAsync());
        agent.Open(60, 60);
        agent.Call(0, 1);
        await agent.UntilAsync(async () => await PeersAsync() == 1, "what came later");
        Assert.Equal(["/data/f55", "/data/f7", "/data/⋯"], await OpensAsync());
    }

    [Fact]
    public async Task Ship_SbomThatComesWhileItLearns_NamesItsFilesFromThenOn()
    {
        await _server.StartAsync();
        var clock = new SkippingClock();
        await using var agent = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a", clock);
        agent.Container.Identity = agent.Container.Identity with { Image = "r.io/web:1", ImageDigest = "sha256:0123abcdef" };
        agent.Open(0, 60);
        await agent.UntilAsync(async () => (await OpensAsync()).Length > 0, "what was learned in the storage");
        Assert.Equal(["/data/⋯"], await OpensAsync());

        await PutSbomAsync("/data/f7");
        clock.Skip = TimeSpan.FromMinutes(11);
        agent.Open(60, 1);
        await agent.UntilAsync(async () => (await OpensAsync()).Contains("/data/f7"), "the file of the image in the storage");
    }

    public static TheoryData<string> Names { get; } = [new string('a', 253), string.Join('.', Enumerable.Repeat("Name", 51))[..253], "Web.Front", "a.b-c.1"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Ship_WorkloadOfAnyName_IsStoredUnderNamesThatAreTaken(string name)
    {
        await _server.StartAsync();
        await using var agent = new ShippingAgent(_data["checkpoints"], _server.Connect(), "node-a");
        string container = new('c', 63);
        agent.Container.Identity = agent.Container.Identity with
        {
            ContainerName = container,
            PodName = name,
            Workload = new WorkloadIdentity("apps/v1", "StatefulSet", "shop", name),
            PodLabels = new Dictionary<string, string> { ["app"] = "web", [$"{name.ToLowerInvariant()}/x"] = new string('L', 63) },
        };
        agent.Call(0, 1);
        await agent.UntilAsync(async () => await PeersAsync() == 1, "the call in the storage");

        ObjectMeta metadata = (await ProfileAsync())!.Metadata;
        Assert.True(Slug.IsValid(metadata.Name!), metadata.Name);
        Assert.Equal($"apiVersion-apps/v1/namespace-shop/kind-StatefulSet/name-{name}/containerName-{container}", metadata.Annotations![KubescapeAnnotations.InstanceId]);
        Assert.Equal($"wlid://cluster-c/namespace-shop/statefulset-{name}", metadata.Annotations[KubescapeAnnotations.Wlid]);
        Assert.All(metadata.Labels!.Values, value => Assert.True(LabelValue.IsValid(value), value));
        Assert.StartsWith(metadata.Labels[KubescapeLabels.Name], name, StringComparison.OrdinalIgnoreCase);
        using var client = new StorageClient(_server.Connect());
        Assert.Single((await client.ListAsync("networkneighborhoods", "shop", null, CancellationToken.None)).Items);
        Assert.Equal(0, agent.Export.Metrics.Rejected);
    }

    private async Task<int> PeersAsync() => (await ProfileAsync())?.Spec?.Egress?.Count ?? 0;

    private async Task PutSbomAsync(params string[] files)
    {
        using var client = new StorageClient(_server.Connect());
        string list = string.Join(',', files.Select(file => $$$"""{"location":{"path":"{{{file}}}"}}"""));
        string sbom = """{"metadata":{"name":"r.io-web-1-abcdef","namespace":"kubescape"},"spec":{"syft":{"files":[""" + list + "]}}}";
        await client.ApplyAsync(new ApiObject("sbomsyfts", "kubescape", "r.io-web-1-abcdef", Encoding.UTF8.GetBytes(sbom)), CancellationToken.None);
    }

    private async Task<string[]> OpensAsync() => [.. ((await ProfileAsync())?.Spec?.Opens ?? []).Select(open => open.Path!)];

    private async Task<ContainerProfile?> ProfileAsync()
    {
        using var client = new StorageClient(_server.Connect());
        ApiList list = await client.ListAsync("containerprofiles", "shop", null, CancellationToken.None);
        return list.Items.Count == 0 ? null : JsonSerializer.Deserialize(Assert.Single(list.Items).Json.Span, ApiJsonContext.Readable.ContainerProfile);
    }

    private async Task<NetworkNeighborhood?> NetworkAsync()
    {
        using var client = new StorageClient(_server.Connect());
        ApiObject? found = await client.GetAsync("networkneighborhoods", "shop", "deployment-web", CancellationToken.None);
        return found is null ? null : JsonSerializer.Deserialize(found.Json.Span, ApiJsonContext.Readable.NetworkNeighborhood);
    }

    /// <summary>Of which as much has passed as a test says.</summary>
    private sealed class SkippingClock : TimeProvider
    {
        public TimeSpan Skip { get; set; }

        public override long GetTimestamp() => System.GetTimestamp() + (long)(Skip.TotalSeconds * System.TimestampFrequency);
    }

    /// <summary>Whoever waits for it has waited already.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private long _slept;

        public TimeSpan Slept => TimeSpan.FromTicks(Volatile.Read(ref _slept));

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Slept;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                return System.CreateTimer(callback, state, dueTime, period);
            }

            // A breath remains, so that a loop that waits does not take the processor.
            Interlocked.Add(ref _slept, dueTime.Ticks);
            return System.CreateTimer(callback, state, TimeSpan.FromMilliseconds(Math.Min(2, dueTime.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
    }
}
