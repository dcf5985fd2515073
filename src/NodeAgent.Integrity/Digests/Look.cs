// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Integrity.Digests;

/// <summary>What came of looking at a path.</summary>
public enum LookOutcome
{
    Found,

    /// <summary>Nothing is there.</summary>
    Missing,

    /// <summary>No process is left by whose root the path could be found.</summary>
    Gone,

    /// <summary>It may not be looked at.</summary>
    Denied,

    /// <summary>It takes longer than anybody waits.</summary>
    Late,
}

/// <param name="State">Null unless it was found.</param>
public readonly record struct Look(LookOutcome Outcome, FileState? State);
