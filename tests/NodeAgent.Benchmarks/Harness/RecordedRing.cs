// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Loading;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>The real probes with rings so large that a whole load fits, so that filling and draining are timed apart.</summary>
internal sealed class RecordedRing : IDisposable
{
    private const long ShardBytes = 256L << 20;

    public KernelEventSource Source { get; } = KernelEventSource.Start(
        new BpfOptions { ShardRingBytes = ShardBytes, ProcessRingBytes = 64 << 20, RingMemoryShare = 0.5 }, NullLoggerFactory.Instance);

    /// <summary>Takes everything that is there.</summary>
    /// <returns>Records taken.</returns>
    public int Drain<THandler>(ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        int total = 0;
        int empty = 0;

        // Twice nothing: the newest records wait for the reorder window.
        while (empty < 2)
        {
            int count = Source.Read(ref handler, int.MaxValue);
            total += count;
            empty = count == 0 ? empty + 1 : 0;
            if (count == 0)
            {
                Source.Wait(TimeSpan.FromMilliseconds(5));
            }
        }

        return total;
    }

    public void Dispose() => Source.Dispose();
}
