// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Benchmarks.Harness;

/// <summary>What became of the file events that the probes saw, of the whole machine.</summary>
/// <param name="Kept">Known ones, counted in the kernel.</param>
/// <param name="Sent">Opens and file changes that are in a ring.</param>
/// <param name="Overrun">Those that found their ring full.</param>
/// <param name="Cut">Those that their container's budget cut.</param>
/// <param name="Seconds">The time between two readings.</param>
internal readonly record struct FileCounts(double Kept, double Sent, double Overrun, double Cut, double Seconds)
{
    public double Lost => Overrun + Cut;

    public double All => Kept + Sent + Lost;

    public static async Task<FileCounts> ReadAsync(AgentProcess agent)
    {
        Metrics metrics = await agent.MetricsAsync().ConfigureAwait(false);
        return new FileCounts(
            metrics.Sum("node_agent_seen_hits_total"),
            metrics.Sum("node_agent_ring_sent_records_total", "kind=\"Open\"") + metrics.Sum("node_agent_ring_sent_records_total", "kind=\"FileChange\""),
            metrics.Sum("node_agent_ring_lost_records_total", "kind=\"Open\"") + metrics.Sum("node_agent_ring_lost_records_total", "kind=\"FileChange\""),
            metrics.Sum("node_agent_budget_cut_events_total", "bucket=\"File\""),
            0);
    }

    public static FileCounts operator -(FileCounts after, FileCounts before) =>
        new(after.Kept - before.Kept, after.Sent - before.Sent, after.Overrun - before.Overrun, after.Cut - before.Cut, 0);
}
