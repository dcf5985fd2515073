// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Maps;

namespace NodeAgent.Bpf.Tests.Loading;

public sealed class MapCapacitiesTests
{
    [Theory]
    [InlineData(128, 0.125)]
    [InlineData(512, 0.125)]
    [InlineData(1024, 0.25)]
    [InlineData(2048, 0.5)]
    [InlineData(4096, 1)]
    [InlineData(7000, 1)]
    [InlineData(8192, 2)]
    [InlineData(16384, 2)]
    [InlineData(2097152, 2)]
    public void For_Memory_ScalesByAPowerOfTwo(long memoryMiB, double factor) =>
        Assert.Equal(factor, MapCapacities.For(memoryMiB << 20).Factor);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void For_Nonsense_StaysInItsBounds(long memory) =>
        Assert.InRange(MapCapacities.For(memory).Factor, 0.125, 2);

    [Theory]
    [InlineData(MapType.LruHash, 65536u, 512, 8192u)]
    [InlineData(MapType.LruHash, 65536u, 65536, 131072u)]
    [InlineData(MapType.Hash, 1024u, 512, 256u)] // never below what is useful
    [InlineData(MapType.Hash, 1000u, 512, 1000u)] // small on purpose
    [InlineData(MapType.LruPerCpuHash, 4096u, 1024, 1024u)]
    [InlineData(MapType.LruHash, 700000u, 65536, 1u << 20)] // never above what is reasonable
    [InlineData(MapType.LruHash, 1u << 22, 65536, 1u << 22)] // but for what was declared so
    [InlineData(MapType.Array, 65536u, 512, 65536u)]
    [InlineData(MapType.PerCpuArray, 65536u, 65536, 65536u)]
    [InlineData(MapType.RingBuffer, 1u << 22, 512, 1u << 22)]
    public void Of_Map_ScalesHashesOnly(MapType type, uint declared, long memoryMiB, uint entries) =>
        Assert.Equal(entries, MapCapacities.For(memoryMiB << 20).Of(type, declared));
}
