// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Export.Storage;

/// <summary>How long to wait before the next attempt; the first failure and the recovery are told. One user at a time.</summary>
public sealed class RetryPause(ShipperOptions options, Uri server, ILogger logger)
{
    private readonly Backoff _backoff = new(options.BaseDelay, options.MaxDelay);

    public void Succeeded()
    {
        if (_backoff.Failures > 0)
        {
            _backoff.Succeeded();
            Log.StorageRecovered(logger, server);
        }
    }

    /// <returns>Between half and the whole of the doubled pause; what the server asks for is the least.</returns>
    public TimeSpan Failed(StorageException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        TimeSpan pause = _backoff.Failed(error.RetryAfter);
        if (_backoff.Failures == 1)
        {
            Log.StorageUnavailable(logger, server, (long)pause.TotalMilliseconds, error.Message);
        }

        return pause;
    }
}
