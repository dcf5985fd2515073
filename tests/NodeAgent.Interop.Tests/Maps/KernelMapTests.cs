// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Interop.Tests.Maps;

public sealed class KernelMapTests
{
    [Fact]
    public void Update_Hash_IsFoundWalkedAndDeleted()
    {
        using KernelMap map = Create(MapType.Hash, 4, 8, 16);
        byte[] value = new byte[8];
        Assert.False(map.TryLookup(Key(1), value));
        map.Update(Key(1), Value(10));
        map.Update(Key(2), Value(20));
        Assert.True(map.TryLookup(Key(2), value));
        Assert.Equal(20ul, BinaryPrimitives.ReadUInt64LittleEndian(value));

        var keys = new List<uint>();
        byte[] key = new byte[4];
        for (bool more = map.TryGetNextKey([], key); more; more = map.TryGetNextKey(key, key))
        {
            keys.Add(BinaryPrimitives.ReadUInt32LittleEndian(key));
        }

        Assert.Equal([1u, 2u], keys.Order());
        Assert.True(map.TryDelete(Key(1)));
        Assert.False(map.TryDelete(Key(1)));
    }

    [Theory]
    [InlineData(MapType.Hash, 0, 4096)]
    [InlineData(MapType.Hash, 4000, 4096)]
    [InlineData(MapType.LruHash, 700, 8192)]
    [InlineData(MapType.PerCpuHash, 1300, 2048)]
    [InlineData(MapType.LruPerCpuHash, 5, 2048)]
    public void Count_HashWithEntries_CountsEach(MapType type, int entries, uint room)
    {
        using KernelMap map = Create(type, 4, 8, room);
        byte[] value = new byte[map.ValueSizeBytes];
        for (int at = 0; at < entries; at++)
        {
            map.Update(Key((uint)at), value);
        }

        Assert.Equal(entries, MapFill.Count(map));
        Assert.True(map.ReadLockedBytes() > 0);
    }

    [Fact]
    public void Count_Array_HasNoMeaning()
    {
        using KernelMap map = Create(MapType.Array, 4, 8, 16);
        Assert.Null(MapFill.Count(map));
    }

    [Fact]
    public void TryLookup_PerCpuArray_GivesOneValuePerCpu()
    {
        using KernelMap map = Create(MapType.PerCpuArray, 4, 8, 2);
        Assert.Equal(8 * Cpus.PossibleCount, map.ValueSizeBytes);
        byte[] values = new byte[map.ValueSizeBytes];
        values.AsSpan().Fill(3);
        map.Update(Key(1), values);
        byte[] read = new byte[map.ValueSizeBytes];
        Assert.True(map.TryLookup(Key(1), read));
        Assert.Equal(values, read);
        Assert.False(map.TryLookup(Key(2), read));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void ReadAll_LruHash_VisitsEachEntryOnce(int count)
    {
        using KernelMap map = Create(MapType.LruHash, 4, 8, 8192);
        for (int entry = 0; entry < count; entry++)
        {
            map.Update(Key((uint)entry), Value((ulong)entry * 3));
        }

        var seen = new Dictionary<uint, ulong>();
        new MapBatch<uint, ulong>(map, firstCapacity: 1).ReadAll((key, value) => seen.Add(key, value));
        Assert.Equal(count, seen.Count);
        Assert.All(seen, entry => Assert.Equal(entry.Key * 3ul, entry.Value));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(20_000)]
    public void TakeAll_Hash_TakesEachEntryOnceInFewCalls(int count)
    {
        using KernelMap map = Create(MapType.Hash, 4, 8, 32_768);
        for (int entry = 0; entry < count; entry++)
        {
            map.Update(Key((uint)entry), Value((ulong)entry * 3));
        }

        var seen = new Dictionary<uint, ulong>();
        var batch = new MapBatch<uint, ulong>(map);
        batch.TakeAll((key, value) => seen.Add(key, value));
        Assert.Equal(count, seen.Count);
        Assert.All(seen, entry => Assert.Equal(entry.Key * 3ul, entry.Value));
        batch.ReadAll((key, _) => Assert.Fail($"{key} was left"));
        Assert.Equal(0, MapFill.Count(map));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    public void Sums_PerCpuArrayOfThousands_AddEachCounterOverTheCpusWithAndWithoutBatches(bool hasBatches, int words)
    {
        const int Entries = 3000;
        using KernelMap map = Create(MapType.PerCpuArray, 4, 8 * words, Entries);
        for (uint entry = 0; entry < Entries; entry++)
        {
            byte[] values = new byte[map.ValueSizeBytes];
            for (int at = 0; at < values.Length / 8; at++)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(values.AsSpan(at * 8), (entry * 10) + (ulong)at + 1);
            }

            map.Update(Key(entry), values);
        }

        var sums = new ulong[(Entries * words) + 5];
        sums.AsSpan().Fill(99);
        new PerCpuSums(map, hasBatches).Read(sums);
        for (int at = 0; at < Entries * words; at++)
        {
            ulong expected = Enumerable.Range(0, Cpus.PossibleCount)
                .Aggregate(0ul, (sum, cpu) => sum + ((ulong)(at / words) * 10) + (ulong)((cpu * words) + (at % words)) + 1);
            Assert.Equal(expected, sums[at]);
        }

        Assert.Equal([0, 0, 0, 0, 0], sums[(Entries * words)..]);
        var few = new ulong[3];
        new PerCpuSums(map, hasBatches).Read(few);
        Assert.Equal(sums[..3], few);
    }

    [Fact]
    public void Sums_OtherMaps_AreRefused()
    {
        using KernelMap map = Create(MapType.Array, 4, 8, 2);
        Assert.Throws<ArgumentException>(() => new PerCpuSums(map));
    }

    [Fact]
    public unsafe void MapMemory_MmapableArray_IsTheMapItself()
    {
        using KernelMap map = Create(MapType.Array, 4, 8, 1, MapFlags.Mmapable);
        using MappedMemory memory = map.MapMemory(0, (ulong)MappedMemory.PageSizeBytes, writable: true);
        map.Update(Key(0), Value(7));
        Assert.Equal(7ul, *(ulong*)memory.Address);
        *(ulong*)memory.Address = 9;
        byte[] value = new byte[8];
        Assert.True(map.TryLookup(Key(0), value));
        Assert.Equal(9ul, BinaryPrimitives.ReadUInt64LittleEndian(value));
    }

    [Fact]
    public void Create_ImpossibleMap_SaysWhich()
    {
        BpfException exception = Assert.Throws<BpfException>(() => Create(MapType.RingBuffer, 0, 0, 1000).Dispose());
        Assert.Equal("create map na_test: EINVAL", exception.Message);
    }

    [Fact]
    public void TryLookup_WrongSizes_Throws()
    {
        using KernelMap map = Create(MapType.Hash, 4, 8, 16);
        Assert.Throws<ArgumentException>(() => map.TryLookup(new byte[3], new byte[8]));
        Assert.Throws<ArgumentException>(() => map.TryLookup(new byte[4], new byte[7]));
        Assert.Throws<ArgumentException>(() => new MapBatch<ulong, ulong>(map));
    }

    private static KernelMap Create(MapType type, int key, int value, uint entries, MapFlags flags = MapFlags.None)
    {
        Assert.SkipUnless(ProcessLimits.IsRoot, "bpf(2) needs root");
        return KernelMap.Create(type, "na_test", key, value, entries, flags);
    }

    private static byte[] Key(uint key) => BitConverter.GetBytes(key);

    private static byte[] Value(ulong value) => BitConverter.GetBytes(value);
}
