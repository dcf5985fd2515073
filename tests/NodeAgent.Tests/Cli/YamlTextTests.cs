// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Cli.Output;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Tests.Cli;

public sealed class YamlTextTests
{
    [Fact]
    public void Write_Object_IsBlockYamlInOrder()
    {
        string yaml = Yaml("""{"b": 1, "a": {"list": ["x", 2, true, null], "empty": {}, "none": []}}""");

        Assert.Equal("b: 1\na:\n  list:\n  - x\n  - 2\n  - true\n  - null\n  empty: {}\n  none: []\n", yaml);
    }

    [Theory]
    [InlineData("true")]
    [InlineData("123")]
    [InlineData("1e3")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("2026-11-21")]
    [InlineData("a: b")]
    [InlineData("- x")]
    [InlineData("line\nbreak\u0007\u001b[31m")]
    [InlineData("⋯/*")]
    public void Write_AmbiguousText_StaysText(string text)
    {
        string yaml = Yaml(new JsonObject { ["k"] = text }.ToJsonString());
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var value = (YamlScalarNode)((YamlMappingNode)stream.Documents[0].RootNode)["k"];

        Assert.Equal(text, value.Value);
        Assert.DoesNotContain('\u001b', yaml);
        if (text.Length == 0 || text is "true" or "123" or "1e3" or "null" or "2026-11-21")
        {
            Assert.Equal(YamlDotNet.Core.ScalarStyle.DoubleQuoted, value.Style);
        }
    }

    private static string Yaml(string json)
    {
        var writer = new StringWriter();
        YamlText.Write(writer, JsonNode.Parse(json)!);
        return writer.ToString();
    }
}
