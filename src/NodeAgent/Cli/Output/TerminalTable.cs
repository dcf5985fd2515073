// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Text;
using Spectre.Console;

namespace NodeAgent.Cli.Output;

/// <summary>A table for eyes: wrapped to the terminal's width, with states in colour. For a pipe, <see cref="TablePrinter"/>'s plain columns.</summary>
internal static class TerminalTable
{
    /// <param name="colour">Colour of a cell's text, or null; asked per cell with the column's head.</param>
    public static void Print(IReadOnlyList<string> heads, IEnumerable<IReadOnlyList<string>> rows, Func<string, string, Color?> colour)
    {
        if (Console.IsOutputRedirected)
        {
            TablePrinter.Print(Console.Out, heads, rows);
            return;
        }

        Table table = new Table().Border(TableBorder.None);
        foreach (string head in heads)
        {
            table.AddColumn(new TableColumn(new Text(head, new Style(decoration: Decoration.Bold))).PadRight(3));
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            // Text, not markup: a cell's brackets are the cell's.
            table.AddRow(row.Select((cell, column) => new Text(TerminalText.Escape(cell), new Style(colour(heads[column], cell)))));
        }

        AnsiConsole.Write(table);
    }
}
