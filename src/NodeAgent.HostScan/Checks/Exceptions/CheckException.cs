// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using System.IO.Enumeration;
using NodeAgent.HostScan.Scanning;

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

    /// <summary>Shape: labels that the node must have, their values with <c>*</c> for any characters; empty = whatever it has.</summary>
    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = ImmutableDictionary<string, string>.Empty;

    public bool IsExpired(DateTimeOffset now) => Expires <= now;

    /// <remarks>Where the labels of a node are not known, nothing that asks for one holds there.</remarks>
    public bool IsAbout(CheckDefinition check, HostScanResult scan)
    {
        ArgumentNullException.ThrowIfNull(check);
        ArgumentNullException.ThrowIfNull(scan);
        return (Checks.Contains(check.Id, StringComparer.Ordinal) || Checks.Contains(check.Set.Id, StringComparer.Ordinal))
            && (Nodes.Count == 0 || Nodes.Any(pattern => Fits(pattern, scan.Node)))
            && NodeLabels.All(label => scan.NodeLabels is { } labels && labels.TryGetValue(label.Key, out string? value) && Fits(label.Value, value));
    }

    // A label may have no value, which the framework's matcher takes for no name at all.
    private static bool Fits(string pattern, string text) => text.Length == 0 ? pattern.All(c => c == '*') : FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
}
