// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Output;

public sealed class LatestQueueReaderTests
{
    [Fact]
    public void Put_OfAKnownKey_ReplacesAndKeepsThePlace()
    {
        var queue = new LatestQueue<string>(item => item[..1]);
        Assert.False(queue.Put("a1"));
        Assert.False(queue.Put("b1"));
        Assert.True(queue.Put("a2"));
        Assert.Equal(2, queue.Count);
        Assert.True(queue.TryRead(out string? first));
        Assert.True(queue.TryRead(out string? second));
        Assert.Equal(("a2", "b1"), (first, second));
        Assert.False(queue.TryRead(out _));
    }

    [Fact]
    public async Task Complete_WithItemsLeft_LetsThemBeReadThenEnds()
    {
        var queue = new LatestQueue<string>(item => item);
        queue.Put("a");
        queue.Complete();
        var read = new List<string>();
        await foreach (string item in queue.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            read.Add(item);
        }

        Assert.Equal(["a"], read);
        await queue.Completion.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }
}
