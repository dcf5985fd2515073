// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Text;

namespace NodeAgent.Cli.Output;

/// <summary>Columns as kubectl prints them: upper-case heads, three spaces between, nothing else.</summary>
internal static class TablePrinter
{
    private const int Gap = 3;

    /// <summary>Cells are untrusted: control characters are escaped.</summary>
    public static void Print(TextWriter writer, IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows)
    {
        List<string[]> cells = [[.. heads], .. rows.Select(r => r.Select(TerminalText.Escape).ToArray())];
        int[] widths = [.. heads.Select((_, column) => cells.Max(row => row[column].Length))];
        foreach (string[] row in cells)
        {
            for (int column = 0; column < row.Length; column++)
            {
                bool last = column == row.Length - 1;
                writer.Write(last ? row[column] : row[column].PadRight(widths[column] + Gap));
            }

            writer.WriteLine();
        }
    }
}
