// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Recording.Format;

/// <summary>The last frame of a recording that was ended in order.</summary>
internal sealed record RecordingEnd
{
    public long Records { get; init; }

    public long Ticks { get; init; }

    /// <summary>Units: entries that the limit of bytes left no room for.</summary>
    public long NotWritten { get; init; }

    /// <summary>Units: records that were never seen, as <see cref="EntryType.Loss"/> and <see cref="EntryType.Cut"/> tell.</summary>
    public long Lost { get; init; }
}
