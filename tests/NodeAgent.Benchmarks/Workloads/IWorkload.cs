// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Benchmarks.Workloads;

/// <summary>A real program that does the same work again and again, in a cgroup of its own, until it is disposed of.</summary>
internal interface IWorkload : IAsyncDisposable
{
    /// <summary>For the table, such as "compile loop".</summary>
    string Name { get; }

    /// <summary>What <see cref="DoneAsync"/> counts, such as "requests".</summary>
    string Unit { get; }

    /// <summary>Prepares outside of the cgroup and starts in it. Returns when work is being done.</summary>
    Task StartAsync();

    /// <returns>Work done since the start. Errors: <see cref="InvalidOperationException"/> when the workload has ended.</returns>
    Task<double> DoneAsync();
}
