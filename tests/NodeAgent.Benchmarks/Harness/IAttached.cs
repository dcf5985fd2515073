// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Benchmarks.Harness;

/// <summary>Probes in the kernel with somebody who reads their rings; detached when disposed of.</summary>
internal interface IAttached : IAsyncDisposable
{
    /// <returns>The hooks that a sensor is attached with, such as "tracepoint"; empty when it is not attached.</returns>
    Task<string> VariantOfAsync(string sensor);

    /// <returns>Events lost since the start, for whatever cause.</returns>
    Task<double> LostAsync();

    /// <summary>
    /// The agent, or in an emulated machine the same probes with the same settings and a reader that only counts: there an agent takes a minute
    /// to start, and what it does beside slows down the one who is measured.
    /// </summary>
    /// <param name="flags">Shape: flags of <c>node-agent run</c>, each followed by its value.</param>
    static async Task<IAttached> StartAsync(BenchOptions options, params string[] flags) => options.Emulated
        ? AttachedProbes.Start(flags)
        : await AgentProcess.StartAsync(options, ["--alerts-stdout", "false", .. flags]).ConfigureAwait(false);
}
