// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Flows;

/// <summary>How much of the observed flows is kept.</summary>
public sealed class FlowHistoryOptions
{
    /// <summary>The file's name in the data directory.</summary>
    public const string FileName = "flows.history";

    /// <summary>Shape: path of the file; empty = none is kept.</summary>
    public string File { get; set; } = string.Empty;

    /// <summary>Units: bytes of the file; flows that were not seen for the longest time go first.</summary>
    public long MaxBytes { get; set; } = 4 << 20;

    /// <summary>Units: time since a flow was last seen, after which it is dropped.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Units: time between two writes, if there was a flow.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Units: time that a flow waits for the names of its ends.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Different flows of running containers that are counted at a time; what comes beyond is dropped until some have ended, and counted.</summary>
    public int MaxLive { get; set; } = 32 << 10;

    /// <exception cref="ArgumentException">A value makes no sense; the message names its key.</exception>
    public void Validate()
    {
        Require(MaxBytes >= 64 << 10, nameof(MaxBytes), "must be at least 64 KiB");
        Require(MaxAge > TimeSpan.Zero, nameof(MaxAge), "must be positive");
        Require(Interval > TimeSpan.Zero, nameof(Interval), "must be positive");
        Require(Patience >= TimeSpan.Zero, nameof(Patience), "must not be negative");
        Require(MaxLive > 0, nameof(MaxLive), "must be positive");
    }

    private static void Require(bool holds, string key, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"Flows:{key} {rule}");
        }
    }
}
