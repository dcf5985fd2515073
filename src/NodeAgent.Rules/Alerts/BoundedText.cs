// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Text;

namespace NodeAgent.Rules.Alerts;

/// <summary>Text for alerts with an upper bound: an argv may be as large as its author likes, a line for a SIEM may not.</summary>
internal static class BoundedText
{
    public const int MaxArguments = 64;
    public const int MaxArgumentLength = 512;
    public const int MaxCommandLineLength = 2048;

    /// <param name="argv">Shape: the arguments, each ended by NUL; the last may lack it.</param>
    public static List<string> Arguments(ReadOnlySpan<byte> argv)
    {
        var arguments = new List<string>(8);
        while (!argv.IsEmpty)
        {
            int end = argv.IndexOf((byte)0);
            ReadOnlySpan<byte> one = end < 0 ? argv : argv[..end];
            argv = end < 0 ? [] : argv[(end + 1)..];
            if (arguments.Count == MaxArguments)
            {
                arguments.Add(CutText.Mark);
                break;
            }

            arguments.Add(CutText.Marked(ByteText.Decode(one), MaxArgumentLength));
        }

        return arguments;
    }

    public static IReadOnlyList<string> Arguments(IReadOnlyList<string> arguments) =>
        [.. arguments.Take(MaxArguments).Select(one => CutText.Marked(one, MaxArgumentLength)), .. arguments.Count > MaxArguments ? [CutText.Mark] : Array.Empty<string>()];

    /// <returns>The arguments joined by spaces; null when there are none.</returns>
    public static string? CommandLine(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0)
        {
            return null;
        }

        var line = new StringBuilder(128);
        for (int at = 0; at < arguments.Count && line.Length <= MaxCommandLineLength; at++)
        {
            line.Append(at == 0 ? string.Empty : " ").Append(CutText.Marked(arguments[at], MaxCommandLineLength));
        }

        return CutText.Marked(line.ToString(), MaxCommandLineLength);
    }
}
