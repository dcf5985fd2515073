// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Import;

/// <summary>How far a rule that was written means something else than the one it was made of.</summary>
public enum ImportRemarkKind
{
    /// <summary>The rule was not taken over: the message names what is lacking.</summary>
    Refused,

    /// <summary>It is quiet where the original would fire.</summary>
    MeansLess,

    /// <summary>It may fire where the original would be quiet.</summary>
    MeansMore,

    /// <summary>It judges the same; texts or settings differ.</summary>
    Note,
}

/// <summary>What is to be said about one rule that was read, or about a file as a whole.</summary>
/// <param name="Source">Shape: the file's name.</param>
/// <param name="Line">From 1; 0 = the file as a whole.</param>
/// <param name="Rule">The rule's name as its file has it; empty = the file.</param>
public sealed record ImportRemark(string Source, long Line, string Rule, ImportRemarkKind Kind, string Message);
