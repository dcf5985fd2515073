// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Handover;

namespace NodeAgent.Bpf.Rings;

/// <summary>All rings as one stream in the order of time. For one thread.</summary>
/// <remarks>
/// A probe takes the time first and its place in a ring later, so a record can appear after one of another ring that is
/// younger. A record therefore waits until it is <c>windowNs</c> old: by then whatever is older has appeared. Except behind a
/// record that is being written by a processor that a hypervisor stopped in the middle of it: then the others wait for it, bounded.
/// </remarks>
internal sealed class RingSet : IDisposable
{
    // A record that claims to be younger than now by more than this lies: it is read at once, or it would stop its ring for good.
    private const ulong ImplausibleNs = 1_000_000_000;

    // The longest that an unfinished record holds the other rings.
    private const ulong UnfinishedPatienceNs = 100_000_000;

    private RingBuffer[] _rings;
    private readonly ulong _windowNs;
    private readonly Func<ulong> _bootTimeNs;
    private long _pendingBytes;

    public RingSet(IReadOnlyList<RingBuffer> rings, ulong windowNs, Func<ulong> bootTimeNs)
    {
        _rings = [.. rings];
        _windowNs = windowNs;
        _bootTimeNs = bootTimeNs;
    }

    public IReadOnlyList<RingBuffer> Rings => _rings;

    /// <summary>Set while rings of an older generation are read beside the current ones.</summary>
    public RecordGate? Gate { get; set; }

    /// <summary>Shape: <c>process</c>, then the numbers of the shards, then <c>older-N</c> for rings that are read to their end.</summary>
    public IEnumerable<string> Names => _rings.Select(static (ring, at) => at == 0 ? "process"
        : (ring.IsOlder ? "older-" : string.Empty) + (at - 1).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Units: bytes that the last read left. A copy, so that any thread may ask at any time, after dispose too.</summary>
    public long PendingBytes => Volatile.Read(ref _pendingBytes);

    /// <summary>Whether any ring holds something, finished or not, old enough or not.</summary>
    public bool HasPending
    {
        get
        {
            foreach (RingBuffer ring in _rings)
            {
                if (ring.HasPending)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Decodes at most <paramref name="max"/> records, oldest first.</summary>
    /// <returns>How many records were taken from the rings, malformed ones too.</returns>
    public int Read<THandler>(EventDecoder decoder, ref THandler handler, int max)
        where THandler : IRecordHandler, allows ref struct
    {
        ulong now = _bootTimeNs();
        ulong cutoff = now > _windowNs ? now - _windowNs : 0;
        int count = 0;
        while (count < max && FindOldest(now, cutoff, out RingBuffer? oldest, out ulong until))
        {
            // While this ring stays the oldest there is nothing to compare.
            do
            {
                if (Gate is null || Gate.Accept(oldest.IsOlder, oldest.CurrentTimeNs, oldest.Current))
                {
                    decoder.Decode(oldest.Current, ref handler);
                }

                oldest.MoveNext();
                count++;
            }
            while (count < max && oldest.HasCurrent && oldest.CurrentTimeNs <= until);
        }

        Publish();
        return count;
    }

    /// <summary>Ends the reading of rings that are empty for good.</summary>
    public void Retire(IReadOnlyList<RingBuffer> rings)
    {
        _rings = [.. _rings.Except(rings)];
        foreach (RingBuffer ring in rings)
        {
            ring.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (RingBuffer ring in _rings)
        {
            ring.Dispose();
        }
    }

    private void Publish()
    {
        ulong pending = 0;
        foreach (RingBuffer ring in _rings)
        {
            ring.Publish();
            pending += ring.KnownPendingBytes;
        }

        Volatile.Write(ref _pendingBytes, (long)pending);
    }

    // until: the age that the next ring in line has, or the cutoff.
    private bool FindOldest(ulong now, ulong cutoff, [NotNullWhen(true)] out RingBuffer? oldest, out ulong until)
    {
        ulong implausible = now + ImplausibleNs;
        ulong held = ulong.MaxValue;
        oldest = null;
        until = cutoff;
        ulong best = cutoff;
        foreach (RingBuffer ring in _rings)
        {
            if (!ring.Refresh())
            {
                // What is behind it is no older than what was before it.
                if (ring.IsUnfinished && ring.UnfinishedFor(now) < UnfinishedPatienceNs)
                {
                    held = Math.Min(held, ring.CurrentTimeNs);
                }

                continue;
            }

            ulong time = ring.CurrentTimeNs <= implausible ? ring.CurrentTimeNs : 0;
            if (time > cutoff)
            {
                continue;
            }

            if (oldest is null || time < best)
            {
                until = oldest is null ? cutoff : best;
                oldest = ring;
                best = time;
            }
            else if (time < until)
            {
                until = time;
            }
        }

        until = Math.Min(until, held);
        return oldest is not null && best <= held;
    }
}
