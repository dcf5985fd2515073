// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Interop.Errors;

/// <summary>Finds the one line of a verifier log that a person needs.</summary>
public static class VerifierLogText
{
    private const int LongestLine = 300;

    /// <returns>The line that names the fault: the last one that is neither statistics, a dump of registers nor an instruction; null without one.</returns>
    public static string? UsefulLine(string? log)
    {
        ReadOnlySpan<char> rest = log;
        ReadOnlySpan<char> found = default;
        foreach (ReadOnlySpan<char> raw in rest.EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();
            if (!IsNoise(line))
            {
                found = line;
            }
        }

        if (found.IsEmpty)
        {
            return null;
        }

        return found.Length <= LongestLine ? found.ToString() : string.Concat(found[..LongestLine], "…");
    }

    // "processed 12 insns …", "verification time …", "stack depth …", "-- END …"; "; source line"; "12: (85) call …";
    // "from 3 to 7: R0=…", "R0=…": what stands around the sentence that names the fault, never that sentence.
    private static bool IsNoise(ReadOnlySpan<char> line)
    {
        if (line.IsEmpty || line[0] is ';' or '-' || line.StartsWith("processed ") || line.StartsWith("verification time")
            || line.StartsWith("stack depth") || line.StartsWith("max_states") || line.StartsWith("from "))
        {
            return true;
        }

        return IsNumberBefore(':', line) || (line[0] == 'R' && IsNumberBefore('=', line[1..]));
    }

    // "12:" of an instruction, "1=" and "1_w=" of a dump of registers.
    private static bool IsNumberBefore(char mark, ReadOnlySpan<char> text)
    {
        int digits = text.IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0)
        {
            return false;
        }

        ReadOnlySpan<char> rest = text[digits..];
        return rest[0] == mark || (rest.Length > 2 && rest[0] == '_' && rest[2] == mark);
    }
}
