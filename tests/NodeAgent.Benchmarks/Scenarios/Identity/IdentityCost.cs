// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Benchmarks.Harness;

namespace NodeAgent.Benchmarks.Scenarios.Identity;

/// <summary>Who did it: what the answer costs, how fast it is there, and how often it is missing.</summary>
internal sealed class IdentityCost(BenchOptions options)
{
    public async Task RunAsync(BenchTable table)
    {
        Lookups.Run(table);
        await new ShortContainers(options).RunAsync(table).ConfigureAwait(false);
        await new NodeStart(options).RunAsync(table).ConfigureAwait(false);
        await new ClusterFollowing(options).RunAsync(table).ConfigureAwait(false);
    }
}
