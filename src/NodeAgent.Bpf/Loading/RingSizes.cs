// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Loading;

/// <summary>The sizes that the rings get on this machine. Units: bytes, powers of two, at least a page.</summary>
internal readonly record struct RingSizes(uint ProcessBytes, uint ShardBytes, int ShardCount)
{
    private const int MostShardsByDefault = 16;

    // A ring of these stands a stall of the reader for some milliseconds; below, fewer rings are worth more than small ones.
    private const uint LeastShardBytes = 512 << 10;

    // From here on a ring has so many writers that they wait for each other.
    private const int CpusPerShard = 4;
    private const int MostShards = 64;

    internal uint ShardMask => (uint)ShardCount - 1;

    internal long TotalBytes => ProcessBytes + ((long)ShardBytes * ShardCount);

    /// <param name="options">Sizes are upper bounds; a shard count of 0 leaves the number to this.</param>
    /// <param name="cpuCount">CPUs that run, or one more than the highest number of one.</param>
    /// <param name="memoryBytes">Units: bytes this process may use: the machine's, or the limit of its container.</param>
    internal static RingSizes For(BpfOptions options, int cpuCount, long memoryBytes)
    {
        int cpus = Math.Max(cpuCount, 1);
        int wanted = options.ShardCount > 0 ? Math.Min(options.ShardCount, cpus) : ShardsFor(cpus);
        uint page = (uint)MappedMemory.PageSizeBytes;
        uint process = Math.Max(page, BitOperations.RoundUpToPowerOf2((uint)options.ProcessRingBytes));
        uint shard = Math.Max(page, BitOperations.RoundUpToPowerOf2((uint)options.ShardRingBytes));
        var sizes = new RingSizes(process, shard, 1 << BitOperations.Log2((uint)wanted));
        double budget = memoryBytes * options.RingMemoryShare;
        sizes = sizes.ShrinkTo(budget, Math.Min(LeastShardBytes, shard));
        while (sizes.TotalBytes > budget && options.ShardCount == 0 && sizes.ShardCount > 1)
        {
            sizes = sizes with { ShardCount = sizes.ShardCount / 2 };
        }

        return sizes.ShrinkTo(budget, page);
    }

    // One for each CPU of a common machine; the reader looks at all of them, so large machines share.
    private static int ShardsFor(int cpus) => Math.Min(Math.Max(Math.Min(cpus, MostShardsByDefault), cpus / CpusPerShard), MostShards);

    // The rings shrink together, so that their proportion stays what was asked for.
    private RingSizes ShrinkTo(double budget, uint least)
    {
        RingSizes sizes = this;
        uint page = (uint)MappedMemory.PageSizeBytes;
        while (sizes.TotalBytes > budget && (sizes.ShardBytes > least || (least == page && sizes.ProcessBytes > page)))
        {
            sizes = sizes with
            {
                ShardBytes = Math.Max(least, sizes.ShardBytes / 2),
                ProcessBytes = Math.Max(page, sizes.ProcessBytes / 2),
            };
        }

        return sizes;
    }
}
