// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Assembly;

/// <summary>One profile at one moment, immutable: what the background worker makes objects and checkpoints of.</summary>
/// <param name="Status">Shape: <c>Api.Names.ProfileStatus</c>.</param>
/// <param name="Learning">True while it still learns; a completed profile may, to become a complete one.</param>
/// <param name="LearnedNs">Units: ns of the learning period that passed.</param>
/// <param name="Reasons">Of the result that <paramref name="Status"/> stands for.</param>
/// <param name="WindowReasons">Of the learning that goes on.</param>
internal sealed record CapturedProfile(
    ProfileIdentity Identity,
    string Status,
    bool Learning,
    ulong LearnedNs,
    PartialReasons Reasons,
    PartialReasons WindowReasons,
    BehaviorSnapshot Behavior)
{
    /// <summary>When something was missed, beside <see cref="Reasons"/>; null = it is not known, or nothing was.</summary>
    public WallInterval? Missed { get; init; }

    /// <summary>Beside <see cref="WindowReasons"/>.</summary>
    public WallInterval? WindowMissed { get; init; }

    /// <summary>Units: ms since 1970; 0 = not known.</summary>
    public long CapturedAtMs { get; init; }
}
