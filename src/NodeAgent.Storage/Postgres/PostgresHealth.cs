// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Storage.Postgres;

/// <summary>Whether writes are possible, as the last attempt showed.</summary>
/// <remarks>Threads: any.</remarks>
internal sealed class PostgresHealth(string display, ILogger logger)
{
    private string? _reason;

    public string? Reason => Volatile.Read(ref _reason);

    /// <summary>Logs the first failure only: until writes work again every further one is counted.</summary>
    public void Failed(string reason)
    {
        if (Interlocked.Exchange(ref _reason, reason) is null)
        {
            Log.DatabaseLost(logger, display, reason);
        }
    }

    public void Works()
    {
        if (Reason is not null && Interlocked.Exchange(ref _reason, null) is not null)
        {
            Log.DatabaseBack(logger, display);
        }
    }
}
