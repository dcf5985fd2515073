// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;

namespace NodeAgent.Profiles.Deltas;

/// <summary>What is said of a profile.</summary>
/// <param name="Status">Shape: <c>initializing</c>, <c>ready</c> or <c>completed</c>.</param>
/// <param name="Reasons">Why it is not complete; sorted.</param>
public sealed record ProfileStatement(string Status, bool IsComplete, IReadOnlyList<string> Reasons)
{
    /// <summary>The reason of a profile of which a chunk is known to be missing.</summary>
    public const string DeltaMissing = "delta-missing";

    internal const int Completed = 2;

    internal static int RankOf(string? status) => status switch
    {
        ProfileStatus.Completed => Completed,
        ProfileStatus.Ready => 1,
        _ => 0,
    };

    internal static string StatusOf(int rank) => rank switch
    {
        Completed => ProfileStatus.Completed,
        1 => ProfileStatus.Ready,
        _ => ProfileStatus.Initializing,
    };
}
