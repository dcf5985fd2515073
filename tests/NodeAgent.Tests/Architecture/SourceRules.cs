// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;

namespace NodeAgent.Tests.Architecture;

/// <summary>What every source file must keep to, whatever is in it.</summary>
internal static partial class SourceRules
{
    private const int MaxLines = 500;
    private const int SpdxWithinLines = 3; // below a shebang line and, in scripts, an empty one

    /// <summary>One sentence for each rule that the file breaks.</summary>
    /// <param name="path">Relative to the repository, with forward slashes: its folder decides which rules hold.</param>
    /// <param name="text">The file's whole content.</param>
    public static IReadOnlyList<string> Violations(string path, string text)
    {
        string[] lines = text.TrimEnd('\n').Split('\n');
        List<string> violations = [];
        if (!HasSpdxLine(path, lines))
        {
            violations.Add($"{path}: no '{ExpectedSpdx(path)}' in its first {SpdxWithinLines} lines.");
        }

        if (IsProduct(path) && lines.Length > MaxLines)
        {
            violations.Add($"{path}: {lines.Length} lines, more than {MaxLines}; split it by what changes together.");
        }

        for (int i = 0; i < lines.Length; i++)
        {
            if (IsProduct(path) && ToDo().IsMatch(lines[i]))
            {
                violations.Add($"{path}:{i + 1}: a note about work to do; do it, or state it under \"Known limits\" in the README.");
            }

            if (path.EndsWith(".cs", StringComparison.Ordinal) && FixedSleep().IsMatch(lines[i]))
            {
                violations.Add($"{path}:{i + 1}: Thread.Sleep; wait on the condition instead.");
            }
        }

        return violations;
    }

    private static bool IsProduct(string path) =>
        path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("bpf/", StringComparison.Ordinal) ||
        path.StartsWith("native/", StringComparison.Ordinal);

    private static string ExpectedSpdx(string path) => path.StartsWith("bpf/", StringComparison.Ordinal) || IsProbeFixture(path)
        ? "SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause"
        : "SPDX-License-Identifier: Apache-2.0";

    // The kernel's helpers ask every probe for this licence, those of the tests too.
    private static bool IsProbeFixture(string path) =>
        path.StartsWith("tests/NodeAgent.Bpf.Tests/fixtures/", StringComparison.Ordinal) &&
        (path.EndsWith(".c", StringComparison.Ordinal) || path.EndsWith(".h", StringComparison.Ordinal));

    private static bool HasSpdxLine(string path, string[] lines) =>
        lines.Take(SpdxWithinLines).Any(line => line.Contains(ExpectedSpdx(path), StringComparison.Ordinal));

    [GeneratedRegex(@"\b(TODO|FIXME|XXX|HACK)\b")]
    private static partial Regex ToDo();

    // Spelled so that this line does not match itself.
    [GeneratedRegex(@"\bThread\.Sleep\s*\(")]
    private static partial Regex FixedSleep();
}
