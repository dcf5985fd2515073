// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Spooling;

/// <summary>How much of what a receiver did not take yet is kept on the disk.</summary>
public sealed record SpoolOptions
{
    /// <summary>Shape: an absolute path; it is made when missing, and is one sink's own.</summary>
    public required string Directory { get; init; }

    /// <summary>Units: bytes of all segments; over it the oldest segment goes, and its alerts are counted.</summary>
    public long MaxBytes { get; init; } = 128L << 20;

    /// <summary>Units: time since an alert was spooled, after which it is dropped and counted.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Units: bytes after which a segment is followed by another.</summary>
    public long SegmentBytes => Math.Clamp(MaxBytes / 16, 16L << 10, 4L << 20);
}
