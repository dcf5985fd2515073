// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Configuration;

/// <summary>One setting: the same key in the file, the environment and on the command line.</summary>
/// <param name="Key">Shape: <c>section.name</c> in camelCase.</param>
/// <param name="Flag">Shape: <c>--kebab-case</c>.</param>
/// <param name="ValueName">What the help prints for the value.</param>
/// <param name="Help">One line.</param>
/// <param name="Apply">Parses and stores; throws <see cref="FormatException"/> with the reason.</param>
/// <param name="Show">The value in effect, as <paramref name="Apply"/> would read it.</param>
public sealed record Setting<TOptions>(
    string Key,
    string Flag,
    string ValueName,
    string Help,
    Action<TOptions, string> Apply,
    Func<TOptions, string> Show)
{
    /// <summary>Whether the flag may come several times; the texts are then joined by commas.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Whether the flag alone means <c>true</c>.</summary>
    public bool IsSwitch { get; init; }

    /// <summary>Shape: <c>NODE_AGENT_SECTION_NAME</c>.</summary>
    public string EnvironmentVariable { get; } = ToEnvironmentVariable(Key);

    private static string ToEnvironmentVariable(string key)
    {
        var name = new StringBuilder("NODE_AGENT_");
        foreach (char c in key)
        {
            if (c == '.')
            {
                name.Append('_');
                continue;
            }

            if (char.IsAsciiLetterUpper(c))
            {
                name.Append('_');
            }

            name.Append(char.ToUpperInvariant(c));
        }

        return name.ToString();
    }
}
