// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;

namespace NodeAgent.Bpf.Decoding;

/// <summary>How many records were decoded, and how many of which kind of malformed. Written by one thread, read by any.</summary>
public sealed class DecodeCounters
{
    private Counts _counts;

    /// <summary>All results, in the order of the enum.</summary>
    public static IReadOnlyList<DecodeResult> Results { get; } = Enum.GetValues<DecodeResult>();

    public long this[DecodeResult result] => Volatile.Read(ref _counts[(int)result]);

    /// <summary>Records that were lost in decoding.</summary>
    public long Malformed
    {
        get
        {
            long sum = 0;
            for (int at = 1; at < Counts.Size; at++)
            {
                sum += Volatile.Read(ref _counts[at]);
            }

            return sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Count(DecodeResult result) => _counts[(int)result]++;

    [InlineArray(Size)]
    private struct Counts
    {
        internal const int Size = 7;
        private long _first;
    }
}
