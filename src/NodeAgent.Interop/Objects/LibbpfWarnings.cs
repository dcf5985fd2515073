// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Interop.Objects;

/// <summary>Picks from libbpf's warnings what explains a failed load.</summary>
internal static class LibbpfWarnings
{
    /// <returns>The warnings without those that only repeat that something failed; all when none is left; null without any.</returns>
    internal static string? Essence(string warnings)
    {
        string[] lines = warnings.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] telling = Array.FindAll(lines, static line => !line.Contains("failed to load", StringComparison.Ordinal)
            && !line.Contains("failed to prepare", StringComparison.Ordinal)
            && !line.Contains("permission error while running as root", StringComparison.Ordinal) // advice on RLIMIT_MEMLOCK
            && !line.Contains("BPF program load failed", StringComparison.Ordinal) && !line.StartsWith("--", StringComparison.Ordinal));
        string[] chosen = telling.Length > 0 ? telling : Array.FindAll(lines, static line => line.Contains("failed", StringComparison.Ordinal));
        return chosen.Length == 0 ? null : string.Join('\n', chosen);
    }

    /// <returns>The last program that the warnings name; null when they name none.</returns>
    internal static string? Program(string warnings)
    {
        const string Mark = "prog '";
        int start = warnings.LastIndexOf(Mark, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        start += Mark.Length;
        int end = warnings.IndexOf('\'', start);
        return end < 0 ? null : warnings[start..end];
    }
}
