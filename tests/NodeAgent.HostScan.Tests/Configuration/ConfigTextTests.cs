// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.HostScan.Configuration;

namespace NodeAgent.HostScan.Tests.Configuration;

public sealed class ConfigTextTests
{
    private static readonly string[] Pieces =
        ["a", ":", " ", "\n", "- ", "{", "}", "[", "]", "\"", "'", "&x ", "*x", "<<: *x", "#", "|", ">", "%", "\t", "=", ".", "5", "true", "\0", "\ud800", "---", "!!map", "?", "[[t]]", "é"];

    // Whatever the text: a tree, nothing, or FormatException.
    [Fact]
    public void Parse_AnyText_IsATreeOrAFormatException() => Prop.ForAll(
        ArbMap.Default.GeneratorFor<int[]>().ToArbitrary(),
        (int[] picks) =>
        {
            string text = string.Concat(picks.Select(pick => Pieces[(int)((uint)pick % Pieces.Length)]));
            return IsSafe(() => ConfigText.ParseYamlOrJson(text)) && IsSafe(() => ConfigText.ParseYamlOrJson("{" + text)) && IsSafe(() => ConfigText.ParseToml(text));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void Parse_ScalarsOfYaml_AreWhatKubernetesReads()
    {
        ConfigNode node = ConfigText.ParseYamlOrJson("a: yes\nb: 'yes'\nc: 012\nd: ~\ne: 1.5\nf: 1.2.3\ng: -7\nh: |\n  x\n")!;

        Assert.Equal([true, "yes", 12L, null, 1.5, "1.2.3", -7L, "x\n"], node.Members.Select(member => member.Value.Scalar));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], node.Members.Select(member => member.Value.Line));
    }

    [Fact]
    public void ParseToml_TableOpenedAgain_IsOne()
    {
        ConfigNode node = ConfigText.ParseToml("[a.b]\nc = 1\n[d]\n[a.e]\nf = [\"x\", 'y']\n[[g]]\nh = 1\n[[g]]\nh = 2\n");

        Assert.Equal("1", node.At("a", "b", "c")!.Text);
        Assert.Equal(["x", "y"], node.At("a", "e", "f")!.Texts);
        Assert.Equal(["1", "2"], node["g"]!.Items.Select(item => item["h"]!.Text));
    }

    [Fact]
    public void Parse_Error_TellsTheLineAndNothingOfTheText()
    {
        FormatException error = Assert.Throws<FormatException>(() => ConfigText.ParseYamlOrJson("a: 1\nb: [s3cret\nc: s3cret]: }"));

        Assert.StartsWith("line ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:\n  b: [")]
    [InlineData("{\"a\":[")]
    public void Parse_DeepText_IsRefused(string unit) =>
        Assert.Throws<FormatException>(() => ConfigText.ParseYamlOrJson(new StringBuilder().Insert(0, unit.Replace("\n", string.Empty, StringComparison.Ordinal), 20_000).ToString()));

    private static bool IsSafe(Func<ConfigNode?> parse)
    {
        try
        {
            parse();
        }
        catch (FormatException)
        {
            // The one answer to a bad text.
        }

        return true;
    }
}
