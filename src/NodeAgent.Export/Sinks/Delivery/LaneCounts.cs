// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Delivery;

/// <summary>What became of the alerts that one sink accepted. Accepted = sent + failed + refused + all that was dropped + undelivered.</summary>
internal readonly record struct LaneCounts
{
    /// <summary>Alerts that arrived, as far as the way to the receiver can tell.</summary>
    public long Sent { get; init; }

    /// <summary>Alerts that a sink without retries could not write.</summary>
    public long Failed { get; init; }

    /// <summary>Alerts that the receiver refused for good.</summary>
    public long Refused { get; init; }

    /// <summary>Alerts that found the queue in memory full.</summary>
    public long Dropped { get; init; }

    public long DroppedForRoom { get; init; }

    public long DroppedForAge { get; init; }

    public long LostToDamage { get; init; }

    /// <summary>Attempts that failed and are tried again.</summary>
    public long Retries { get; init; }

    /// <summary>Alerts that were sent again, since it was not known whether they had arrived.</summary>
    public long Resent { get; init; }

    /// <summary>Alerts that lost something to a limit of the receiver.</summary>
    public long Shortened { get; init; }

    public long Undelivered { get; init; }

    /// <summary>Units: bytes.</summary>
    public long SpoolBytes { get; init; }

    /// <summary>The receiver failed several times in a row and is only probed.</summary>
    public bool IsOpen { get; init; }
}
