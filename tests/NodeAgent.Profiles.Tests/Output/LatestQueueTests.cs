// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Output;

public sealed class LatestQueueTests
{
    private readonly LatestQueue<string> _queue = new(item => item[..1]);

    [Fact]
    public void Put_SameKey_ReplacesAndKeepsItsPlace()
    {
        Assert.False(_queue.Put("a1"));
        Assert.False(_queue.Put("b1"));
        Assert.True(_queue.Put("a2"));
        Assert.Equal(2, _queue.Count);
        Assert.True(_queue.TryRead(out string? first) && first == "a2");
        Assert.True(_queue.TryRead(out string? second) && second == "b1");
        Assert.False(_queue.TryRead(out _));
    }

    [Fact]
    public async Task Complete_ItemsLeft_AreStillRead()
    {
        _queue.Put("a");
        _queue.Complete();
        Assert.Equal("a", await _queue.ReadAsync(TestContext.Current.CancellationToken));
        Assert.False(await _queue.WaitToReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ReadAll_WriterOnAnotherThread_SeesTheLastOfEachKey()
    {
        Task writer = Task.Run(() =>
        {
            for (int i = 0; i < 50_000; i++)
            {
                _queue.Put($"{(char)('a' + (i % 3))}{i}");
            }

            _queue.Complete();
        });
        var last = new Dictionary<char, string>();
        await foreach (string item in _queue.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            last[item[0]] = item;
        }

        await writer;
        Assert.Equal(["a49998", "b49999", "c49997"], last.Values.Order());
    }
}
