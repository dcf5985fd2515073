// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Tests.Import.Yaml;

public sealed class ImportDocumentsTests
{
    [Fact]
    public void Read_DocumentsAliasesAndQuotes_GivesTextAsItIsWritten()
    {
        IReadOnlyList<ImportValue> documents = ImportDocuments.Read("""
            # a comment
            a: &x [010, 1.10, yes, "true", true, null, ~]
            b: *x
            ---
            ---
            - c
            """);

        Assert.Equal(2, documents.Count);
        Assert.Equal(["010", "1.10", "yes", "true", "true", null, null], documents[0]["b"]!.Items.Select(item => item.Text));
        Assert.Equal([null, null, null, null, true], documents[0]["a"]!.Items.Take(5).Select(item => ((ImportScalar)item).Bool));
        Assert.Equal(2, documents[0]["a"]!.Line);
        Assert.Null(documents[0]["c"]);
        Assert.Equal("c", documents[1].Items[0].Text);
    }

    [Theory]
    [InlineData("a: [1", "line ")]
    [InlineData("? [1]\n: 2", "a key must be text")]
    [InlineData("a: 1\na: 2", "line 2: the key 'a' is there twice")]
    [InlineData("a: *none", "names nothing")]
    [InlineData("a: &a [*a]", "names nothing")]
    [InlineData("a: \"\\uD800\"", "surrogate")]
    [InlineData("k: [a\n'b']", "no YAML")]
    public void Read_WhatIsWrong_SaysWhere(string yaml, string said) =>
        Assert.Contains(said, Assert.Throws<FormatException>(() => ImportDocuments.Read(yaml)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_BombsAndDepth_AreRefused()
    {
        string bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + string.Concat(Enumerable.Range(1, 12).Select(i =>
            $"{(char)('a' + i)}: &{(char)('a' + i)} [{string.Join(',', Enumerable.Repeat("*" + (char)('a' + i - 1), 10))}]\n"));
        Assert.Contains("values", Assert.Throws<FormatException>(() => ImportDocuments.Read(bomb)).Message, StringComparison.Ordinal);
        Assert.Contains("levels", Assert.Throws<FormatException>(() => ImportDocuments.Read(new string('[', 100_000))).Message, StringComparison.Ordinal);
        Assert.Contains("levels", Assert.Throws<FormatException>(() => ImportDocuments.Read(string.Concat(Enumerable.Range(0, 100).Select(i => new string(' ', i) + "a:\n")))).Message, StringComparison.Ordinal);
        Assert.Contains("longer", Assert.Throws<FormatException>(() => ImportDocuments.Read(new string('#', 5 << 20))).Message, StringComparison.Ordinal);
    }
}
