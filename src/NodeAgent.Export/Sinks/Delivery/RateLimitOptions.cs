// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>How many alerts a sink gets; what is more is told as numbers when the window ends.</summary>
public sealed record RateLimitOptions
{
    /// <summary>Units: alerts in one window.</summary>
    public required int Alerts { get; init; }

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);
}
