// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Matching;

/// <summary>What rules may know of a container's profile. Immutable; replaced when something changes.</summary>
/// <param name="Status">Shape: <c>Api.Names.ProfileStatus</c>: <c>initializing</c>, <c>ready</c> (learning) or <c>completed</c>.</param>
/// <param name="Completion">Shape: <c>complete</c> or <c>partial</c>; while learning: what it would be now.</param>
/// <param name="Profile">Null until completed.</param>
public sealed record ProfileState(string Namespace, string Name, string Status, string Completion, CompletedProfile? Profile)
{
    /// <summary>While it is <c>ready</c>: what it has learned by now.</summary>
    public ILearnedSoFar? SoFar { get; init; }
}
