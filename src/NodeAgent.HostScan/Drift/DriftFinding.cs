// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.HostScan.Drift;

public enum DriftChange
{
    Appeared,
    Changed,
    Gone,
}

/// <summary>One thing that is not as it was.</summary>
/// <param name="Key">Shape: what names the thing, its parts with blanks between them. What the host wrote may hold any character.</param>
/// <param name="Before">Null = it was not there.</param>
/// <param name="After">Null = it is gone.</param>
/// <param name="Entry">As the document has it now; undefined when it is gone.</param>
public sealed record DriftFinding(DriftRule Rule, DriftChange Change, string Key, string? Before, string? After, JsonElement Entry)
{
    /// <summary>The files whose change may have led to this. Shape: paths of the host.</summary>
    public IEnumerable<string> Files => DriftEntries.Text(DriftEntries.At(Entry, Rule.FileMember)) is ['/', ..] path ? Rule.Files.Prepend(path).Distinct() : Rule.Files;

    /// <summary>Shape: a sentence.</summary>
    public string Message => Change switch
    {
        DriftChange.Appeared => $"New {Rule.Thing}: {Key}{Of(After)}",
        DriftChange.Gone => $"The {Rule.Thing} {Key}{Of(Before)} is gone",
        _ => $"The {Rule.Thing} {Key} changed from {Before} to {After}",
    };

    private static string Of(string? value) => string.IsNullOrEmpty(value) ? string.Empty : $" ({value})";
}
