// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Bpf.Tests.Loading;

public sealed class RingSizesTests
{
    private const long Plenty = 1L << 40;

    [Theory]
    [InlineData(1, 0, 1)]
    [InlineData(2, 0, 2)]
    [InlineData(6, 0, 4)]
    [InlineData(64, 0, 16)]
    [InlineData(64, 64, 64)]
    [InlineData(4, 3, 2)]
    [InlineData(2, 8, 2)]
    public void For_Cpus_GivesAPowerOfTwoOfShards(int cpus, int wanted, int shards)
    {
        var sizes = RingSizes.For(new BpfOptions { ShardCount = wanted }, cpus, Plenty);
        Assert.Equal(shards, sizes.ShardCount);
        Assert.Equal((uint)shards - 1, sizes.ShardMask);
    }

    [Fact]
    public void For_Defaults_Are2And4MiB()
    {
        var sizes = RingSizes.For(new BpfOptions(), 2, Plenty);
        Assert.Equal(new RingSizes(2 << 20, 4 << 20, 2), sizes);
    }

    [Fact]
    public void For_OddSizes_RoundsUp() =>
        Assert.Equal(new RingSizes(8192, 16384, 1), RingSizes.For(new BpfOptions { ProcessRingBytes = 5000, ShardRingBytes = 10_000 }, 1, Plenty));

    [Theory]
    [InlineData(256L << 20)]
    [InlineData(64L << 20)]
    public void For_LittleMemory_ShrinksToItsShare(long memory)
    {
        var sizes = RingSizes.For(new BpfOptions(), 2, memory);
        Assert.True(sizes.TotalBytes <= memory / 16);
        Assert.True(sizes.ShardBytes > sizes.ProcessBytes);
    }

    [Fact]
    public void For_NoMemory_EndsAtOnePage() =>
        Assert.Equal(new RingSizes(4096, 4096, 2), RingSizes.For(new BpfOptions(), 2, 0));

    [Fact]
    public void Validate_WrongValues_NamesEachKey()
    {
        var options = new BpfOptions { ProcessRingBytes = 1, ShardRingBytes = -1, ShardCount = -1, RingMemoryShare = 0, ReorderWindowMicroseconds = -1 };
        options.DisabledSensors.Add("nonsense");
        IReadOnlyList<string> faults = options.Validate();
        Assert.Equal(6, faults.Count);
        Assert.All(faults, fault => Assert.StartsWith("Bpf:", fault, StringComparison.Ordinal));
        Assert.Empty(new BpfOptions().Validate());
    }
}
