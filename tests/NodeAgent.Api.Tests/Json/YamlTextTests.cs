// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;

namespace NodeAgent.Api.Tests.Json;

public sealed class YamlTextTests
{
    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: -1\nb: '1'\nc: \"true\"", """{"a":-1,"b":"1","c":"true"}""")]
    [InlineData("a: 1.5\nb: 1.2.3\nc: 1e3\nd: e5\ne: .inf", """{"a":1.5,"b":"1.2.3","c":1000,"d":"e5","e":".inf"}""")]
    [InlineData("a: ~\nb: null\nc:\nd: Null", """{"a":null,"b":null,"c":null,"d":null}""")]
    [InlineData("a: yes\nb: true", """{"a":"yes","b":true}""")]
    [InlineData("""{"a": [1, {"b": "x"}]}""", """{"a":[1,{"b":"x"}]}""")]
    [InlineData("a: &x [1]\nb: *x", """{"a":[1],"b":[1]}""")]
    [InlineData("a: |\n  x\n  y\n", """{"a":"x\ny\n"}""")]
    public void Parse_Document_IsTheJsonThatItMeans(string yaml, string json) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), YamlText.Parse(yaml)), YamlText.Parse(yaml)!.ToJsonString());

    [Fact]
    public void Parse_TextThatTheScannerTripsOver_IsRefused() =>
        Assert.Contains("no YAML", Assert.Throws<FormatException>(() => YamlText.Parse("k: [a\n'b']")).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_Hostile_IsRefused()
    {
        string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range(0, 8).Select(i => $"{(char)('b' + i)}: &{(char)('b' + i)} [{string.Join(',', Enumerable.Repeat($"*{(char)('a' + i)}", 10))}]\n"));
        string deep = string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200));
        foreach (string yaml in (string[])[bomb, deep, new string('[', 200_000), string.Concat(Enumerable.Range(0, 2000).Select(i => new string(' ', i) + "a:\n")), "a: [", "? [x]\n: y", "a: 1\na: 2"])
        {
            Assert.Contains("line ", Assert.Throws<FormatException>(() => YamlText.Parse(yaml)).Message, StringComparison.Ordinal);
        }
    }
}
