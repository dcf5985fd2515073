// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Bpf.Loading;
using NodeAgent.Bpf.Losses;
using NodeAgent.Bpf.Rings;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Pins;

namespace NodeAgent.Bpf.Handover;

/// <summary>The generations before this one, until their rings are empty; then their pins go. For the reading thread.</summary>
internal sealed class OlderGenerations : IDisposable
{
    // A program that was running when its link went may still write; the kernel ends it long before.
    private const ulong MarginNs = 100_000_000;

    // When nobody may tell us that the links are gone: they go in the background, within milliseconds.
    private const ulong BlindMarginNs = 2_000_000_000;

    private readonly List<Draining> _draining = [];
    private readonly ILogger _logger;

    /// <param name="generations">Stay the handover's.</param>
    /// <param name="fromNs">Units: boot ns. Since when both record the same.</param>
    internal OlderGenerations(IReadOnlyList<PinnedGeneration> generations, ulong fromNs, DecodeCounters counters, ILogger logger)
    {
        _logger = logger;
        Dictionary<string, string> wire = StructLayouts.Wire();
        foreach (PinnedGeneration generation in generations)
        {
            _draining.Add(Draining.Begin(generation, new RecordGate(new WireCompatibility(generation.Manifest.Wire, wire), fromNs, counters), counters));
        }
    }

    /// <summary>What is still to be read.</summary>
    internal IEnumerable<RingBuffer> Rings => _draining.SelectMany(one => one.Rings);

    /// <summary>The gate that records have to pass; of the newest of them when there are several, which only a killed upgrade leaves.</summary>
    internal RecordGate? Gate => _draining.FirstOrDefault()?.Gate;

    internal IEnumerable<LossDelta> ReadLosses() => _draining.SelectMany(one => one.Losses?.Read() ?? []);

    /// <summary>Ends what is empty. Call it now and then until it is true.</summary>
    /// <param name="retire">Takes rings out of the reader.</param>
    /// <param name="losses">Takes what was lost at the very end.</param>
    /// <returns>Whether none is left.</returns>
    internal bool Advance(ulong nowNs, Action<IReadOnlyList<RingBuffer>> retire, List<LossDelta> losses)
    {
        for (int at = _draining.Count - 1; at >= 0; at--)
        {
            Draining one = _draining[at];
            if (!one.IsOver(nowNs))
            {
                continue;
            }

            losses.AddRange(one.Losses?.Read() ?? []);
            retire(one.Rings);
            Log.OlderGenerationRead(_logger, one.Generation.Directory.Number, one.Gate.DuplicateCount);
            _draining.RemoveAt(at);
            one.Dispose();
            one.Generation.Directory.Remove();
            one.Generation.Dispose();
        }

        return _draining.Count == 0;
    }

    public void Dispose() => _draining.ForEach(one => one.Dispose());

    private sealed class Draining(PinnedGeneration generation, RecordGate gate) : IDisposable
    {
        private readonly List<RingBuffer> _rings = [];
        private LossLedger? _ledger;
        private ulong _endNs;

        internal PinnedGeneration Generation => generation;

        internal RecordGate Gate => gate;

        internal IReadOnlyList<RingBuffer> Rings => _rings;

        internal LossReader? Losses { get; private set; }

        internal static Draining Begin(PinnedGeneration generation, RecordGate gate, DecodeCounters counters)
        {
            var draining = new Draining(generation, gate);
            foreach (ManifestMap map in generation.Manifest.Maps.Where(map => map.Type == (int)MapType.RingBuffer))
            {
                if (generation.Maps.TryGetValue(map.Name, out KernelMap? ring))
                {
                    draining._rings.Add(RingBuffer.Map(ring, older: true));
                }
                else
                {
                    counters.Count(DecodeResult.OtherLayout); // nobody can tell how many records were in it
                }
            }

            draining.OpenLosses();
            return draining;
        }

        internal bool IsOver(ulong nowNs)
        {
            if (_endNs == 0)
            {
                bool?[] exist = [.. generation.LinkIds.Select(PinnedLink.Exists)];
                if (exist.Contains(true))
                {
                    return false;
                }

                _endNs = nowNs + (exist.Contains(null) ? BlindMarginNs : MarginNs);
                gate.UntilNs = _endNs;
            }

            return nowNs > _endNs && _rings.TrueForAll(ring => !ring.HasPending);
        }

        public void Dispose()
        {
            // The rings are the reader's.
            _ledger?.Dispose();
        }

        private void OpenLosses()
        {
            if (generation.Ledger is { } ledger && generation.Maps.TryGetValue(SharedMaps.LostName, out KernelMap? lost)
                && generation.Maps.TryGetValue(SharedMaps.SentName, out KernelMap? sent)
                && generation.Maps.TryGetValue(SharedMaps.LostByCgroupName, out KernelMap? byCgroup))
            {
                _ledger = LossLedger.Over(ledger);
                Losses = new LossReader(lost, sent, byCgroup, _ledger);
            }
        }
    }
}
