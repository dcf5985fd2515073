// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Export.Storage;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Storage;

public sealed class ProfileShipperTests : IAsyncLifetime
{
    private static readonly ShipperOptions Fast = new() { BaseDelay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(20) };
    private readonly LogLines<ProfileShipper> _log = new();
    private FakeApi _api = null!;
    private StorageClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _client = new StorageClient(_api.Connection);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Ship_ManyObjects_AllArriveAndDrainEnds()
    {
        await using ProfileShipper shipper = Started();
        for (int at = 0; at < 50; at++)
        {
            Assert.True(shipper.TryEnqueue(Profile($"p{at}", at)));
        }

        Assert.True(await shipper.DrainAsync(TimeSpan.FromSeconds(60)));
        Assert.All(Enumerable.Range(0, 50), at => Assert.Equal(at, Size($"p{at}")));
        Assert.Equal((50, 0), (shipper.Counters.Sent, shipper.Counters.Pending));
        Assert.False(shipper.TryEnqueue(Profile("late", 1)));
    }

    [Fact]
    public async Task Ship_ServerFailsThenRecovers_NothingIsLostAndItIsToldOnce()
    {
        int failures = 6;
        _api.Interceptor = async http =>
        {
            if (Interlocked.Decrement(ref failures) >= 0)
            {
                await FakeApi.Status(http, failures % 2 == 0 ? 503 : 500, "Unavailable");
                return true;
            }

            return false;
        };
        await using ProfileShipper shipper = Started();
        shipper.TryEnqueue(Profile("a", 1));
        shipper.TryEnqueue(Profile("b", 2));
        await Until.TrueAsync(() => shipper.Counters.Sent == 2, "both sent");
        Assert.Equal((1, 2, 6), (Size("a"), Size("b"), (int)shipper.Counters.Retries));
        Assert.Equal((1, 1), (_log.Count(5100), _log.Count(5101)));
    }

    [Fact]
    public async Task Ship_ServerDown_KeepsTheLatestOfEachInBoundedMemory()
    {
        _api.Interceptor = async http =>
        {
            await FakeApi.Status(http, 503, "Down");
            return true;
        };
        var options = new ShipperOptions { BaseDelay = TimeSpan.FromMilliseconds(5), MaxDelay = TimeSpan.FromMilliseconds(20), MaxPendingObjects = 3 };
        await using ProfileShipper shipper = Started(options);
        await Until.TrueAsync(() => { shipper.TryEnqueue(Profile("a", 1)); return shipper.Counters.Retries > 0; }, "a first failure");
        for (int version = 2; version < 100; version++)
        {
            shipper.TryEnqueue(Profile("a", version));
            shipper.TryEnqueue(Profile("b", version));
        }

        shipper.TryEnqueue(Profile("c", 1));
        bool[] taken = [.. Enumerable.Range(0, 5).Select(at => shipper.TryEnqueue(Profile($"x{at}", 1)))];
        Assert.Contains(false, taken);
        Assert.True(shipper.Counters.Pending <= 5);
        Assert.True(shipper.Counters.Dropped > 0);
        _api.Interceptor = _ => Task.FromResult(false);
        Assert.True(await shipper.DrainAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal((99, 99), (Size("a"), Size("b")));
    }

    [Fact]
    public async Task Ship_OneObjectAlwaysFails_OthersStillArrive()
    {
        _api.Interceptor = async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            http.Request.EnableBufferingOf(await reader.ReadToEndAsync(), out string body);
            if (body.Contains("poison", StringComparison.Ordinal))
            {
                await FakeApi.Status(http, 500, "Poison");
                return true;
            }

            return false;
        };
        await using ProfileShipper shipper = Started();
        shipper.TryEnqueue(Profile("poison", 1));
        shipper.TryEnqueue(Profile("good1", 1));
        shipper.TryEnqueue(Profile("good2", 1));
        await Until.TrueAsync(() => shipper.Counters.Sent == 2, "the good ones arrive");
        Assert.Equal(1, shipper.Counters.Pending);
    }

    [Fact]
    public async Task Ship_RefusedForGood_IsReportedAndNotTriedAgain()
    {
        _api.Interceptor = async http =>
        {
            await FakeApi.Status(http, 413, "RequestEntityTooLarge");
            return true;
        };
        await using ProfileShipper shipper = Started();
        string? rejected = null;
        shipper.Rejected = (item, error) => rejected = $"{item.Name} {(int?)error.StatusCode}";
        shipper.TryEnqueue(Profile("big", 1));
        await Until.TrueAsync(() => rejected is not null, "the rejection");
        Assert.True(await shipper.DrainAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(("big 413", 1, 1), (rejected, (int)shipper.Counters.Rejected, _api.Requests.Count));
    }

    [Fact]
    public async Task Drain_ServerDown_EndsAtTheDeadline()
    {
        _api.Interceptor = async http =>
        {
            await FakeApi.Status(http, 503, "Down");
            return true;
        };
        await using ProfileShipper shipper = Started();
        shipper.TryEnqueue(Profile("a", 1));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(await shipper.DrainAsync(TimeSpan.FromMilliseconds(300)));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10));
        Assert.Equal(1, shipper.Counters.Pending);
    }

    [Fact]
    public async Task DelayAfter_GrowsWithJitterUpToItsCapAndHonoursRetryAfter()
    {
        var options = new ShipperOptions { BaseDelay = TimeSpan.FromSeconds(1), MaxDelay = TimeSpan.FromSeconds(30) };
        await using var shipper = new ProfileShipper(_client, options, TimeProvider.System, _log);
        for (int failures = 1; failures < 100; failures++)
        {
            double whole = Math.Min(Math.Pow(2, Math.Min(failures, 20) - 1), 30);
            Assert.InRange(shipper.DelayAfter(failures, null).TotalSeconds, whole / 2, whole);
        }

        Assert.Equal(TimeSpan.FromSeconds(45), shipper.DelayAfter(1, TimeSpan.FromSeconds(45)));
        Assert.True(shipper.DelayAfter(10, TimeSpan.FromSeconds(1)) >= TimeSpan.FromSeconds(15));
    }

    private ProfileShipper Started(ShipperOptions? options = null)
    {
        var shipper = new ProfileShipper(_client, options ?? Fast, TimeProvider.System, _log);
        shipper.Start();
        return shipper;
    }

    private int Size(string name) => (int)_api.Find("namespaces/default/containerprofiles/" + name)!["spec"]!["size"]!;

    private static ApiObject Profile(string name, int size) => new(
        "containerprofiles", "default", name,
        Encoding.UTF8.GetBytes($$$"""{"metadata":{"name":"{{{name}}}","namespace":"default"},"spec":{"size":{{{size}}}}}"""));
}
