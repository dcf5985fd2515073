// SPDX-License-Identifier: Apache-2.0
using System.IO.Enumeration;

namespace NodeAgent.HostScan.Checks.Exceptions;

/// <summary>Checks that may fail on some nodes until a day.</summary>
/// <param name="Checks">Shape: ids of checks or of sets.</param>
/// <param name="Nodes">Shape: names, with <c>*</c> for any characters; empty = every node.</param>
/// <param name="Expires">From then on it does not hold.</param>
public sealed record CheckException(IReadOnlyList<string> Checks, IReadOnlyList<string> Nodes, string Reason, DateTimeOffset Expires)
{
    public required string File { get; init; }

    /// <summary>From 1.</summary>
    public required int Line { get; init; }

    public bool IsExpired(DateTimeOffset now) => Expires <= now;

    public bool IsAbout(CheckDefinition check, string node)
    {
        ArgumentNullException.ThrowIfNull(check);
        return (Checks.Contains(check.Id, StringComparer.Ordinal) || Checks.Contains(check.Set.Id, StringComparer.Ordinal))
            && (Nodes.Count == 0 || Nodes.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, node, ignoreCase: false)));
    }
}
