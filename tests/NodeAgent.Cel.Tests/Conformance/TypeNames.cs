// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Tests.Conformance;

/// <summary>Reads <c>map(string, list(int))</c>.</summary>
internal static class TypeNames
{
    public static CelType Parse(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        string name = open < 0 ? text : text[..open];
        CelType[] parameters = open < 0 ? [] : [.. Split(text[(open + 1)..^1]).Select(Parse)];
        return name switch
        {
            "dyn" => CelType.Dyn,
            "null_type" => CelType.Null,
            "bool" => CelType.Bool,
            "int" => CelType.Int,
            "uint" => CelType.Uint,
            "double" => CelType.Double,
            "string" => CelType.String,
            "bytes" => CelType.Bytes,
            "timestamp" => CelType.Timestamp,
            "duration" => CelType.Duration,
            "type" => CelType.Type,
            "list" => CelType.List(parameters[0]),
            "map" => CelType.Map(parameters[0], parameters[1]),
            "optional" => CelType.Optional(parameters[0]),
            "wrapper" => CelType.Nullable(parameters[0]),
            _ => throw new FormatException($"unknown type {text}"),
        };
    }

    private static IEnumerable<string> Split(string text)
    {
        int depth = 0, start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i].Trim();
                start = i + 1;
            }
        }

        yield return text[start..].Trim();
    }
}
