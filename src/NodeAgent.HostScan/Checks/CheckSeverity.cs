// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Checks;

/// <summary>How bad it is when a check fails.</summary>
public enum CheckSeverity
{
    Low,
    Medium,
    High,
    Critical,
}

/// <summary>What severities count for.</summary>
public static class CheckSeverities
{
    /// <summary>From the worst to the least.</summary>
    public static IReadOnlyList<CheckSeverity> WorstFirst { get; } = [CheckSeverity.Critical, CheckSeverity.High, CheckSeverity.Medium, CheckSeverity.Low];

    /// <summary>What a check of this severity weighs in the score.</summary>
    public static int Weight(this CheckSeverity severity) => severity switch
    {
        CheckSeverity.Critical => 10,
        CheckSeverity.High => 7,
        CheckSeverity.Medium => 4,
        _ => 1,
    };

    /// <summary>Shape: <c>critical</c>, <c>high</c>, <c>medium</c>, <c>low</c>.</summary>
    public static string Word(this CheckSeverity severity) => severity switch
    {
        CheckSeverity.Critical => "critical",
        CheckSeverity.High => "high",
        CheckSeverity.Medium => "medium",
        _ => "low",
    };

    public static bool TryParse(string? word, out CheckSeverity severity)
    {
        foreach (CheckSeverity known in WorstFirst)
        {
            if (known.Word() == word)
            {
                severity = known;
                return true;
            }
        }

        severity = default;
        return false;
    }
}
