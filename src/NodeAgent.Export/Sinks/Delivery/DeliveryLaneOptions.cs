// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Export.Sinks.Spooling;

namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>What a lane to a receiver elsewhere does, whatever the receiver is.</summary>
internal sealed record DeliveryLaneOptions
{
    public AlertFilter Filter { get; init; } = AlertFilter.All;

    public RateLimitOptions? RateLimit { get; init; }

    public RetryOptions Retry { get; init; } = new();

    /// <summary>Null = what waits is in memory only.</summary>
    public SpoolOptions? Spool { get; init; }

    /// <summary>Units: alerts that wait in memory where there is no spool, or while it does not work.</summary>
    public int QueueCapacity { get; init; } = 1024;
}
