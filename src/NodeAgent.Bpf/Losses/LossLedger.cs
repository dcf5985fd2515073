// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Bpf.Losses;

/// <summary>How much of the loss counters was told already, and when: pinned with the counters, it outlives the agent.</summary>
/// <remarks>
/// Shape: <c>u64 last_read_ns; u64 unsaved; u64 reserved[6]; u64 reported[504]</c>, indexed by kind. One thread writes. Written by plain stores
/// into shared memory, so it costs nothing and is true at every moment, also that of a kill.
/// </remarks>
internal sealed unsafe class LossLedger : IDisposable
{
    internal const int SizeBytes = 4096;
    private const int ReportedAt = 8;
    private const int WordCount = SizeBytes / sizeof(ulong);

    private readonly MappedMemory? _memory;
    private readonly ulong[] _own = [];

    private LossLedger(MappedMemory? memory)
    {
        _memory = memory;
        if (memory is null)
        {
            _own = new ulong[WordCount];
        }
    }

    /// <summary>Units: boot ns; 0 = never.</summary>
    internal ulong LastReadNs
    {
        get => Volatile.Read(ref Words[0]);
        set => Volatile.Write(ref Words[0], value);
    }

    /// <summary>Whether the agent took events from the rings of which only its memory knows.</summary>
    internal bool IsUnsaved
    {
        get => Volatile.Read(ref Words[1]) != 0;
        set => Volatile.Write(ref Words[1], value ? 1ul : 0);
    }

    /// <summary>Units: records, by kind.</summary>
    internal Span<ulong> Reported => Words[ReportedAt..];

    private Span<ulong> Words => _memory is null ? _own : new Span<ulong>(_memory.Address, WordCount);

    /// <summary>One that ends with this process.</summary>
    internal static LossLedger InMemory() => new(null);

    /// <param name="map">As <see cref="CreateMap"/> makes it; may be disposed afterwards.</param>
    internal static LossLedger Over(KernelMap map) => new(map.MapMemory(0, SizeBytes, writable: true));

    internal static KernelMap CreateMap() => KernelMap.Create(MapType.Array, "na_ledger", sizeof(uint), SizeBytes, 1, MapFlags.Mmapable);

    public void Dispose() => _memory?.Dispose();
}
