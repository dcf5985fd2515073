// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;

namespace NodeAgent.Cli.Output;

internal enum OutputFormat
{
    Table,
    Json,
    Yaml,
}

/// <summary>The <c>-o</c> option, as in kubectl.</summary>
internal static class OutputOption
{
    public static Option<T> Create<T>(params T[] allowed)
        where T : struct, Enum
    {
        string[] names = [.. allowed.Select(f => f.ToString().ToLowerInvariant())];
        var option = new Option<T>("--output", "-o")
        {
            Description = $"Output format: {string.Join(", ", names)}",
            HelpName = string.Join('|', names),
            DefaultValueFactory = _ => allowed[0],
            CustomParser = result =>
            {
                int at = result.Tokens.Count == 1 ? Array.IndexOf(names, result.Tokens[0].Value) : -1;
                if (at < 0)
                {
                    result.AddError($"--output must be one of {string.Join(", ", names)}");
                    return allowed[0];
                }

                return allowed[at];
            },
        };
        return option;
    }
}
