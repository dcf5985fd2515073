// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>A runtime at its socket.</summary>
internal interface IRuntime
{
    string SocketPath { get; }

    RuntimeBackoff Backoff { get; }

    /// <summary>Whether it may be asked now.</summary>
    bool IsDue { get; }
}

/// <summary>One question put to one runtime after the other.</summary>
internal static class RuntimeQuestion
{
    /// <returns>The first answer; null when none of those that could be asked knows.</returns>
    public static async ValueTask<ContainerIdentity?> AskAsync<TRuntime>(
        IEnumerable<TRuntime> runtimes, Func<TRuntime, Task<ContainerIdentity?>> ask, ILogger logger, CancellationToken cancellation)
        where TRuntime : IRuntime
    {
        foreach (TRuntime runtime in runtimes.Where(runtime => runtime.IsDue))
        {
            try
            {
                if (await ask(runtime) is { } found)
                {
                    return found;
                }
            }
            catch (Exception error) when (RuntimeBackoff.IsFailure(error, cancellation))
            {
                runtime.Backoff.Fail();
                logger.RuntimeFailed(runtime.SocketPath, error.Message);
            }
        }

        return null;
    }
}
