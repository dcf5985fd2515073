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
        Assert.Equal(new RingSizes(4096, 4096, 1), RingSizes.For(new BpfOptions(), 2, 0));

    // Rings take a sixteenth of the memory at most, and 4 MiB each; a ring below 512 KiB is only made when one alone is too large.
    [Theory]
    [InlineData(1, 512, "2048+1x4096")]
    [InlineData(2, 512, "2048+2x4096")]
    [InlineData(8, 512, "1024+8x2048")]
    [InlineData(16, 512, "512+16x1024")]
    [InlineData(64, 512, "512+16x1024")]
    [InlineData(128, 512, "256+32x512")]
    [InlineData(512, 512, "256+32x512")]
    [InlineData(4, 1024, "2048+4x4096")]
    [InlineData(48, 1024, "1024+16x2048")]
    [InlineData(256, 2048, "512+64x1024")]
    [InlineData(512, 8192, "2048+64x4096")]
    [InlineData(3, 16384, "2048+2x4096")]
    [InlineData(96, 1048576, "2048+16x4096")]
    [InlineData(512, 2097152, "2048+64x4096")]
    public void For_Machine_FitsIt(int cpus, long memoryMiB, string expected)
    {
        var sizes = RingSizes.For(new BpfOptions(), cpus, memoryMiB << 20);
        Assert.Equal(expected, $"{sizes.ProcessBytes >> 10}+{sizes.ShardCount}x{sizes.ShardBytes >> 10}");
    }

    [Fact]
    public void For_EveryMachine_KeepsItsBounds()
    {
        for (int cpus = 1; cpus <= 512; cpus++)
        {
            for (long memory = 512L << 20; memory <= 2L << 40; memory *= 2)
            {
                var sizes = RingSizes.For(new BpfOptions(), cpus, memory);
                string machine = $"{cpus} CPUs, {memory >> 20} MiB: {sizes}";
                Assert.True(sizes.TotalBytes <= memory / 16, machine);
                Assert.True(int.IsPow2(sizes.ShardCount) && sizes.ShardCount <= Math.Min(cpus, 64), machine);
                Assert.True(uint.IsPow2(sizes.ShardBytes) && sizes.ShardBytes is >= 512 << 10 and <= 4 << 20, machine);
                Assert.True(uint.IsPow2(sizes.ProcessBytes) && sizes.ProcessBytes is >= 256 << 10 and <= 2 << 20, machine);
                // More of either never gives less room in all.
                Assert.True(RingSizes.For(new BpfOptions(), cpus, memory * 2).TotalBytes >= sizes.TotalBytes, machine);
            }
        }
    }

    [Fact]
    public void For_AskedShards_KeepsTheirNumberWhenMemoryIsShort() =>
        Assert.Equal(new RingSizes(64 << 10, 128 << 10, 8), RingSizes.For(new BpfOptions { ShardCount = 8 }, 8, 32L << 20));

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
