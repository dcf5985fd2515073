// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Loading;

/// <summary>The sizes that the rings get on this machine. Units: bytes, powers of two, at least a page.</summary>
internal readonly record struct RingSizes(uint ProcessBytes, uint ShardBytes, int ShardCount)
{
    private const int MostShardsByDefault = 16;

    internal uint ShardMask => (uint)ShardCount - 1;

    internal long TotalBytes => ProcessBytes + ((long)ShardBytes * ShardCount);

    /// <param name="memoryBytes">Units: bytes this process may use: the machine's, or the limit of its container.</param>
    internal static RingSizes For(BpfOptions options, int cpuCount, long memoryBytes)
    {
        int wanted = options.ShardCount > 0 ? Math.Min(options.ShardCount, cpuCount) : Math.Min(cpuCount, MostShardsByDefault);
        int shards = 1 << BitOperations.Log2((uint)Math.Max(wanted, 1));
        uint smallest = (uint)MappedMemory.PageSizeBytes;
        uint process = Math.Max(smallest, BitOperations.RoundUpToPowerOf2((uint)options.ProcessRingBytes));
        uint shard = Math.Max(smallest, BitOperations.RoundUpToPowerOf2((uint)options.ShardRingBytes));
        var sizes = new RingSizes(process, shard, shards);
        double budget = memoryBytes * options.RingMemoryShare;
        while (sizes.TotalBytes > budget && (sizes.ShardBytes > smallest || sizes.ProcessBytes > smallest))
        {
            // The rings shrink together, so that their proportion stays what was asked for.
            sizes = sizes with
            {
                ShardBytes = Math.Max(smallest, sizes.ShardBytes / 2),
                ProcessBytes = Math.Max(smallest, sizes.ProcessBytes / 2),
            };
        }

        return sizes;
    }
}
