// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Bpf.Decoding;
using NodeAgent.Configuration;
using NodeAgent.Pipeline;
using NodeAgent.Profiles.Flows;
using NodeAgent.Profiles.Learning;
using NodeAgent.Rules.Engine;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>What one event costs the agent: records of a real load are drained in one go, first into nothing, then through all stages.</summary>
internal sealed class DrainCost(LoadProgram load, string filePath)
{
    private const int Rounds = 5;
    private const int Opens = 400_000;

    public async Task RunAsync(BenchTable table)
    {
        using var ring = new RecordedRing();
        var counting = default(CountingHandler);
        (double ns, double bytes) = Measure(ring, ref counting);
        table.Add("ring → decode, per event", ns, "ns", most: 40);
        table.Add("ring → decode, allocated per event", bytes, "B", most: 0);
        table.Add("drained and decoded", 1e9 / ns, "events/s");

        await using var enrichment = new EnrichmentParts(new ContainerSettings(), NullLoggerFactory.Instance, TimeProvider.System);
        var options = new AgentOptions();
        ProfileOptions profileOptions = StageOptions.Profiles(options);
        profileOptions.CheckpointDirectory = string.Empty;
        await using var profiles = new ProfileLearner(profileOptions, new ContainerNames(enrichment.Stage.Names), TimeProvider.System, NullLogger<ProfileLearner>.Instance);
        using var rules = new RuleEngine(
            StageOptions.Rules(options), StageOptions.Origin(options), new CompletedProfiles(profiles), TimeProvider.System, NullLogger<RuleEngine>.Instance);
        await using var flows = new FlowRecorder(
            new FlowHistoryOptions(), profileOptions, new ContainerNames(enrichment.Stage.Names), TimeProvider.System, NullLogger<FlowRecorder>.Instance);
        var dispatcher = new EventDispatcher(enrichment.Stage, [rules, profiles, flows], static _ => { });
        enrichment.Stage.LoadCgroups(1);
        ring.Source.ReadSnapshot(ref dispatcher);
        (ns, bytes) = Measure(ring, ref dispatcher);
        table.Add("whole way (decode, enrich, rules, profile, flows), per event", ns, "ns", most: 1500);
        table.Add("whole way, allocated per event", bytes, "B", most: 100);
    }

    private (double NsPerEvent, double BytesPerEvent) Measure<THandler>(RecordedRing ring, ref THandler handler)
        where THandler : IRecordHandler, allows ref struct
    {
        double best = double.PositiveInfinity;
        double bytes = double.PositiveInfinity;
        for (int round = 0; round < Rounds; round++)
        {
            load.Run("open", Opens.ToString(CultureInfo.InvariantCulture), filePath);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            int count = ring.Drain(ref handler);
            double elapsed = Stopwatch.GetElapsedTime(start).TotalNanoseconds;
            best = Math.Min(best, elapsed / count);

            // Whole bytes: a thousandth of a byte is the bookkeeping of the round, not of an event.
            bytes = Math.Min(bytes, Math.Round((GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count, 1));
        }

        return (best, bytes);
    }
}
