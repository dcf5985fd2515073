// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Checks;

/// <summary>What a check found, and where.</summary>
/// <param name="Source">Shape: path of a file, <c>command line</c>, <c>default</c>; null = not of one place.</param>
/// <param name="Line">From 1; null = of no line.</param>
/// <param name="Found">As words; bounded. What the host wrote may hold any character.</param>
/// <param name="Wanted">What would have been right.</param>
public sealed record EvidenceRow(string? Source, int? Line, string Found, string Wanted)
{
    /// <summary>Shape: <c>/etc/ssh/sshd_config:12</c>; empty = not of one place.</summary>
    public string Place => Source is null ? string.Empty : Line is { } line ? FormattableString.Invariant($"{Source}:{line}") : Source;
}
