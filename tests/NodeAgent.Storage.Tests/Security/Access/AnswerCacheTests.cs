// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.Storage.Tests.Security.Access;

public sealed class AnswerCacheTests
{
    private readonly StepTime _time = new();
    private int _asked;

    [Fact]
    public async Task Get_WithinItsTime_AsksOnceAndThenAgain()
    {
        AnswerCache<string, string> cache = Cache(TimeSpan.FromSeconds(10));
        Assert.Equal(["a1", "a1"], [await GetAsync(cache, "a"), await GetAsync(cache, "a")]);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal("a2", await GetAsync(cache, "a"));
    }

    [Fact]
    public async Task Get_MoreThanItsSize_ForgetsWhatWasUsedLongestAgo()
    {
        AnswerCache<string, string> cache = Cache(TimeSpan.FromHours(1), size: 2);
        await GetAsync(cache, "a");
        await GetAsync(cache, "b");
        await GetAsync(cache, "a");
        await GetAsync(cache, "c");

        Assert.Equal(2, cache.Count);
        Assert.Equal("a1", await GetAsync(cache, "a"));
        Assert.Equal("b4", await GetAsync(cache, "b"));
    }

    [Fact]
    public async Task Get_ManyAtOnce_AsksOnce()
    {
        AnswerCache<string, string> cache = Cache(TimeSpan.FromHours(1));
        var answer = new TaskCompletionSource<string>();
        int asked = 0;
        Task<string>[] waiting = [.. Enumerable.Range(0, 50).Select(_ => cache.GetAsync("a", () =>
        {
            Interlocked.Increment(ref asked);
            return answer.Task;
        }, CancellationToken.None).AsTask())];
        using var gone = new CancellationTokenSource();
        Task<string> impatient = cache.GetAsync("a", () => answer.Task, gone.Token).AsTask();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        answer.SetResult("x");

        Assert.All(await Task.WhenAll(waiting), text => Assert.Equal("x", text));
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Get_Failure_IsToldAndNotKept()
    {
        AnswerCache<string, string> cache = Cache(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<ReviewUnavailableException>(() => cache.GetAsync("a", () => throw new ReviewUnavailableException("away"), CancellationToken.None).AsTask());

        Assert.Equal("a1", await GetAsync(cache, "a"));
    }

    [Fact]
    public async Task Get_TimeOfZero_AsksEachTime()
    {
        AnswerCache<string, string> cache = Cache(TimeSpan.Zero);

        Assert.Equal(["a1", "a2"], [await GetAsync(cache, "a"), await GetAsync(cache, "a")]);
        Assert.Equal(0, cache.Count);
    }

    private AnswerCache<string, string> Cache(TimeSpan holds, int size = 100) => new(size, _ => holds, _time);

    private ValueTask<string> GetAsync(AnswerCache<string, string> cache, string key) =>
        cache.GetAsync(key, () => Task.FromResult($"{key}{++_asked}"), CancellationToken.None);

    private sealed class StepTime : TimeProvider
    {
        private long _ticks = 1000;

        public void Advance(TimeSpan step) => _ticks += step.Ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;
    }
}
