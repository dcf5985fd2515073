// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.HostScan.Configuration;

/// <summary>A flag with which a program was started.</summary>
/// <param name="Name">Shape: without dashes, <c>read-only-port</c>.</param>
/// <param name="Value">Shape: as it was written; <c>true</c> for a switch.</param>
/// <param name="Source">Shape: path of a file, or <c>command line</c>.</param>
/// <param name="Line">From 1; null = of no line.</param>
public sealed record ProgramFlag(string Name, string Value, string Source, int? Line = null)
{
    public const string CommandLine = "command line";

    /// <summary>As pflag reads them: <c>--name=value</c>, <c>--name value</c>, <c>--switch</c>; a flag of one dash is read likewise. What is none is left out.</summary>
    /// <param name="arguments">Without the program.</param>
    public static IReadOnlyList<ProgramFlag> Parse(IReadOnlyList<string> arguments) => Parse([.. arguments.Select(argument => (argument, (int?)null))], CommandLine);

    /// <inheritdoc cref="Parse(IReadOnlyList{string})"/>
    public static IReadOnlyList<ProgramFlag> Parse(IReadOnlyList<(string Text, int? Line)> arguments, string source)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var flags = new List<ProgramFlag>();
        for (int index = 0; index < arguments.Count; index++)
        {
            (string text, int? line) = arguments[index];
            if (text == "--")
            {
                break;
            }

            string name = text.TrimStart('-');
            if (name.Length == text.Length || name.Length == 0)
            {
                continue;
            }

            int equals = name.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                flags.Add(new ProgramFlag(name[..equals], name[(equals + 1)..], source, line));
            }
            else if (index + 1 < arguments.Count && !arguments[index + 1].Text.StartsWith('-') && !KnownFlags.IsSwitch(name))
            {
                flags.Add(new ProgramFlag(name, arguments[++index].Text, source, line));
            }
            else
            {
                flags.Add(new ProgramFlag(name, "true", source, line));
            }
        }

        return flags;
    }

    /// <summary>A flag of a file in which each line is one argument, or all stand in a line. Source: microk8s' files of arguments.</summary>
    public static IReadOnlyList<ProgramFlag> ParseLines(IReadOnlyList<string> lines, string source)
    {
        ArgumentNullException.ThrowIfNull(lines);
        var arguments = new List<(string, int?)>();
        for (int index = 0; index < lines.Count; index++)
        {
            string line = lines[index].Trim();
            if (!line.StartsWith('#'))
            {
                arguments.AddRange(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => (word.Trim('"', '\''), (int?)(index + 1))));
            }
        }

        return Parse(arguments, source);
    }

    /// <summary>The value as a check compares it.</summary>
    /// <returns>Shape: bool, long, list of texts, or string.</returns>
    public object Typed() => Value switch
    {
        "true" => true,
        "false" => false,
        _ when KnownFlags.IsList(Name) => Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        _ when long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        _ => Value,
    };
}
