// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NodeAgent.Bpf.Decoding;

namespace NodeAgent.Bpf.Handover;

/// <summary>While an older generation is read beside the current one: leaves out what both recorded, and what cannot be read. For one thread.</summary>
/// <remarks>
/// New programs are attached before the old ones go, so for a moment both record the same events: the old ones first, since the
/// kernel calls programs in the order in which they came. Apart from the time the two records are equal, so a record of the new
/// programs is left out when an equal one of the old programs stands right before it. What only one side recorded has none there.
/// </remarks>
internal sealed class RecordGate
{
    // Far above what rings can hold of one moment; beyond it records are told twice, which does no harm.
    private const int MostWaiting = 1 << 20;

    // Both programs run in one call of the hook, microseconds apart; a machine that stops between them costs a duplicate.
    private const ulong FarthestNs = 1_000_000;

    private readonly Dictionary<UInt128, List<ulong>> _waiting = [];
    private readonly WireCompatibility _wire;
    private readonly DecodeCounters _counters;
    private readonly ulong _fromNs;
    private int _waitingCount;

    /// <param name="wire">What of the older generation can be read.</param>
    /// <param name="fromNs">Units: boot ns. Begin of the overlap.</param>
    /// <param name="counters">Where unreadable records are counted.</param>
    internal RecordGate(WireCompatibility wire, ulong fromNs, DecodeCounters counters)
    {
        _wire = wire;
        _fromNs = fromNs;
        _counters = counters;
    }

    /// <summary>Units: boot ns. End of the overlap.</summary>
    internal ulong UntilNs { get; set; } = ulong.MaxValue;

    /// <summary>Whether every record of the older generation can be read.</summary>
    internal bool ReadsAll => _wire.ReadsAll;

    /// <summary>Records left out because the older programs had told the same.</summary>
    internal long DuplicateCount { get; private set; }

    /// <param name="older">Whether the record comes from a ring of an older generation.</param>
    /// <returns>Whether to decode it.</returns>
    internal bool Accept(bool older, ulong timeNs, ReadOnlySpan<byte> record)
    {
        bool shared = timeNs >= _fromNs && timeNs <= UntilNs && record.Length > sizeof(ulong);
        if (older && !_wire.ReadsAll && !_wire.CanRead(EventDecoder.KindOf(record)))
        {
            if (!shared)
            {
                _counters.Count(DecodeResult.OtherLayout);
            }

            return false; // in the overlap the new programs tell it
        }

        return !shared || AcceptShared(older, Fingerprint(record), timeNs);
    }

    private bool AcceptShared(bool older, UInt128 fingerprint, ulong timeNs)
    {
        _waiting.TryGetValue(fingerprint, out List<ulong>? times);
        if (older)
        {
            if (_waitingCount < MostWaiting)
            {
                _waitingCount++;
                (times ?? (_waiting[fingerprint] = [])).Add(timeNs);
            }

            return true;
        }

        // The nearest before it: where both recorded an event, that is the same event.
        int nearest = times is null ? -1 : times.FindLastIndex(time => time <= timeNs && timeNs - time <= FarthestNs);
        if (nearest < 0)
        {
            return true;
        }

        times!.RemoveAt(nearest);
        _waitingCount--;
        DuplicateCount++;
        return false;
    }

    // All but the time. A hash that cannot be aimed at: or an event could be hidden behind another one.
    private static UInt128 Fingerprint(ReadOnlySpan<byte> record)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(record[sizeof(ulong)..], hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
