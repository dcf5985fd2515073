// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Export.Storage;

/// <summary>How long to wait before the next attempt; the first failure and the recovery are told. One user at a time.</summary>
public sealed class RetryPause(ShipperOptions options, Uri server, ILogger logger)
{
    private const int MaxExponent = 16;
    private int _failures;

    public void Succeeded()
    {
        if (_failures > 0)
        {
            _failures = 0;
            Log.StorageRecovered(logger, server);
        }
    }

    /// <returns>Between half and the whole of the doubled pause, so that a thousand agents do not come back in step; what the server asks for is the least.</returns>
    public TimeSpan Failed(StorageException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        double whole = Math.Min(options.BaseDelay.TotalMilliseconds * Math.Pow(2, Math.Min(_failures++, MaxExponent)), options.MaxDelay.TotalMilliseconds);
#pragma warning disable CA5394 // spreads load, guards nothing
        double jittered = whole * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore CA5394
        var pause = TimeSpan.FromMilliseconds(Math.Max(jittered, error.RetryAfter?.TotalMilliseconds ?? 0));
        if (_failures == 1)
        {
            Log.StorageUnavailable(logger, server, (long)pause.TotalMilliseconds, error.Message);
        }

        return pause;
    }
}
