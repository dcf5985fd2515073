// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel;

/// <summary>An expression that does not compile.</summary>
public sealed class CelException : Exception
{
    internal CelException(IReadOnlyList<CelIssue> issues)
        : base(string.Join('\n', issues)) => Issues = issues;

    public IReadOnlyList<CelIssue> Issues { get; }
}
