// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Checks;

/// <summary>A check as its file says it.</summary>
/// <param name="Id">Shape: <c>NA-K-001</c>; never used again for another check.</param>
/// <param name="Applies">CEL, type bool; null = it always applies.</param>
/// <param name="Pass">CEL, type bool.</param>
public sealed record CheckDefinition(
    string Id, string Title, string Rationale, CheckSeverity Severity, CheckExpression? Applies, CheckExpression Pass, IReadOnlyList<EvidenceDefinition> Evidence, string Remediation)
{
    public required CheckSet Set { get; init; }

    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>From 1: where in the file of its set it begins.</summary>
    public required int Line { get; init; }
}

/// <summary>An expression, and where it stands.</summary>
/// <param name="Line">From 1.</param>
public sealed record CheckExpression(string Text, int Line);

/// <summary>What a check looks at.</summary>
/// <param name="Found">CEL of any type: a setting (a map with value, source and line), a file, a list of these, or a value.</param>
/// <param name="Wanted">Shape: words.</param>
public sealed record EvidenceDefinition(CheckExpression Found, string Wanted);

/// <summary>Checks that belong together: those of one file.</summary>
/// <param name="Id">Shape: <c>kernel-hardening</c>.</param>
/// <param name="File">Shape: path or resource; for messages.</param>
public sealed record CheckSet(string Id, string Name, string File);
