// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Counting;

namespace NodeAgent.Rules.Tests.Counting;

public sealed class RuleMemoryTests
{
    private const ulong Second = 1_000_000_000;

    [Fact]
    public void Count_WithinAndBeyondTheWindow_Wanders()
    {
        var memory = new RuleMemory();
        Assert.Equal(1, memory.Count(1, "k"u8, 8 * Second, 100 * Second));
        Assert.Equal(2, memory.Count(1, "k"u8, 8 * Second, 104 * Second));
        Assert.Equal(2, memory.Count(1, "k"u8, 8 * Second, 108 * Second));
        Assert.Equal(1, memory.Count(1, "k"u8, 8 * Second, 1000 * Second));
        Assert.Equal(1, memory.Count(2, "k"u8, 8 * Second, 1000 * Second));
        Assert.Equal(1, memory.Count(1, "l"u8, 8 * Second, 1000 * Second));
    }

    [Fact]
    public void IsFirst_MoreKeysThanRoom_ForgetsTheLeastUsedAndCounts()
    {
        var memory = new RuleMemory(2);
        Assert.True(memory.IsFirst(1, "a"u8));
        Assert.True(memory.IsFirst(1, "b"u8));
        Assert.False(memory.IsFirst(1, "a"u8));
        Assert.True(memory.IsFirst(1, "c"u8));
        Assert.False(memory.IsFirst(1, "a"u8));
        Assert.True(memory.IsFirst(1, "b"u8));
        Assert.Equal((2, 2L), (memory.Keys, memory.Evictions));
    }
}
