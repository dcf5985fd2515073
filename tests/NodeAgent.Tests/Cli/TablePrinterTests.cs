// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cli.Output;

namespace NodeAgent.Tests.Cli;

public sealed class TablePrinterTests
{
    [Fact]
    public void Print_Rows_AlignsColumnsAndPadsNoLast()
    {
        Assert.Equal(
            """
            NAME    AGE
            a       5d
            long1   1h
            x       

            """,
            Print(["NAME", "AGE"], ["a", "5d"], ["long1", "1h"], ["x", ""]).Replace("\r", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Print_NoRows_PrintsHeads() => Assert.Equal("NAME   AGE\n", Print(["NAME", "AGE"]));

    [Fact]
    public void Print_HostileCell_IsEscapedAndWidensItsColumn()
    {
        string text = Print(["A", "B"], ["\u001b[2J\n", "\u202e"], ["b", "c"]);

        Assert.Equal("A           B\n\\x1B[2J\\n   \\u{202E}\nb           c\n", text);
    }

    private static string Print(string[] heads, params string[][] rows)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        TablePrinter.Print(writer, heads, rows);
        return writer.ToString();
    }
}
