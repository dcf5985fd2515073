// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Cel;

/// <summary>What is wrong with an expression, and where.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1. Units: code points.</param>
public sealed record CelIssue(int Line, int Column, string Message)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: {Message}");

    internal static CelIssue At(string text, int offset, string message)
    {
        (int line, int column) = PlaceOf(text, offset);
        return new CelIssue(line, column, message);
    }

    internal static (int Line, int Column) PlaceOf(string text, int offset)
    {
        int line = 1, column = 1;
        for (int i = 0; i < offset && i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                column = 1;
            }
            else if (!char.IsLowSurrogate(text[i]))
            {
                column++;
            }
        }

        return (line, column);
    }
}
