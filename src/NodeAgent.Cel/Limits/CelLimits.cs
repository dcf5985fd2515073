// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Limits;

/// <summary>What one expression may take, so that a rule that anybody may write cannot harm who evaluates it.</summary>
public sealed record CelLimits
{
    /// <summary>Units: UTF-16 units of the text.</summary>
    public int MaxExpressionLength { get; init; } = 100_000;

    /// <summary>Levels of nesting. The language asks for 32; the stages recurse over the tree, and this keeps them off the end of the stack.</summary>
    public int MaxDepth { get; init; } = 250;

    /// <summary>Steps that one evaluation may take: about one for each part of a loop's body in each round, and for 16 bytes that a function reads.</summary>
    public long MaxCost { get; init; } = 1_000_000;

    /// <summary>Units: bytes. What the strings, lists and maps that one evaluation makes may take together.</summary>
    public long MaxResultBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Units: UTF-16 units of a regular expression.</summary>
    public int MaxPatternLength { get; init; } = 4_096;

    /// <summary>For the estimate only: how long a string or bytes value of the host is taken to be at most. Units: bytes.</summary>
    public int AssumedStringLength { get; init; } = 4_096;

    /// <summary>For the estimate only: how many elements a list or map of the host is taken to have at most.</summary>
    public int AssumedListLength { get; init; } = 100;
}
