// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Deltas;

/// <summary>What a chunk says of itself, checked.</summary>
/// <param name="Profile">Name of the consolidated profile.</param>
/// <param name="Workload">Name of the workload's profiles; empty when nobody can tell.</param>
/// <param name="Series">Whose numbers <paramref name="Sequence"/> and <paramref name="Base"/> are.</param>
/// <param name="Node">One series of it is current at a time; a series of an agent that does not say is a node of its own.</param>
/// <param name="StartedMs">Units: ms since 1970; 0 when not said.</param>
/// <param name="Sequence">More than <paramref name="Base"/>. Of an agent without numbers its times, in ns since 1970.</param>
/// <param name="Base">All that the series knew then, and had not told by <c>Base</c>, is in this delta; 0 = nothing had been told.</param>
/// <param name="Part">From 1.</param>
/// <param name="Status">Shape: <c>initializing</c>, <c>ready</c> or <c>completed</c>; so are all others told.</param>
/// <param name="IsComplete">As far as the agent knows.</param>
/// <param name="Reasons">Sorted.</param>
public sealed record ChunkHeader(
    string Profile, string Workload, string Series, string Node, long StartedMs, long Sequence, long Base, int Part, int Parts, string Status, bool IsComplete, IReadOnlyList<string> Reasons)
{
    internal const string ForeignPrefix = "series ";

    /// <summary>Of an agent that sends no numbers: its chunks are a chain of times.</summary>
    public bool IsForeign => Node.StartsWith(ForeignPrefix, StringComparison.Ordinal);
}
