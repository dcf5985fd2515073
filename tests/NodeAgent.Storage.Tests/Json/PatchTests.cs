// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Tests.Json;

public sealed class PatchTests
{
    // Source: RFC 6902 appendix A, and edges of RFC 6901.
    [Theory]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/baz","value":"qux"}]""", """{"foo":"bar","baz":"qux"}""")]
    [InlineData("""{"foo":["bar","baz"]}""", """[{"op":"add","path":"/foo/1","value":"qux"}]""", """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/baz"}]""", """{"foo":"bar"}""")]
    [InlineData("""{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/baz","value":"boo"}]""", """{"baz":"boo","foo":"bar"}""")]
    [InlineData("""{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""", """[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]""", """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData("""{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/foo/1","path":"/foo/3"}]""", """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData("""{"foo":"bar"}""", """[{"op":"add","path":"/child","value":{"grandchild":{}}}]""", """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/~01","value":10},{"op":"remove","path":"/~1"}]""", """{"~1":10}""")]
    [InlineData("""{"foo":["bar"]}""", """[{"op":"add","path":"/foo/-","value":["abc","def"]}]""", """{"foo":["bar",["abc","def"]]}""")]
    [InlineData("""{"a":1}""", """[{"op":"copy","from":"/a","path":"/b"}]""", """{"a":1,"b":1}""")]
    [InlineData("""{"a":1}""", """[{"op":"test","path":"","value":{"a":1}},{"op":"replace","path":"","value":[]}]""", "[]")]
    [InlineData("""{"a":null}""", """[{"op":"test","path":"/a","value":null}]""", """{"a":null}""")]
    public void JsonPatch_Valid_GivesTheDocumentOfTheRfc(string document, string patch, string expected) =>
        Assert.Equal(expected, JsonPatch.Apply(JsonNode.Parse(document), JsonNode.Parse(patch))?.ToJsonString());

    [Theory]
    [InlineData("""[{"op":"test","path":"/a","value":"1"}]""")]
    [InlineData("""[{"op":"remove","path":"/absent"}]""")]
    [InlineData("""[{"op":"replace","path":"/absent","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/x/y","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/l/2","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/l/01","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/l/-1","value":1}]""")]
    [InlineData("""[{"op":"add","path":"no-slash","value":1}]""")]
    [InlineData("""[{"op":"add","path":"/a"}]""")]
    [InlineData("""[{"op":"move","from":"/o","path":"/o/inside"}]""")]
    [InlineData("""[{"op":"remove","path":""}]""")]
    [InlineData("""[{"op":"explode","path":"/a"}]""")]
    [InlineData("""[7]""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    public void JsonPatch_Invalid_IsRefused(string patch) =>
        Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"a":1,"l":[0],"o":{}}"""), JsonNode.Parse(patch)));

    [Fact]
    public void JsonPatch_CopiesThatDouble_AreBounded()
    {
        var patch = new JsonArray([.. Enumerable.Range(0, 60).Select(_ => (JsonNode)new JsonObject { ["op"] = "copy", ["from"] = "/l", ["path"] = "/l/-" })]);

        Assert.Throws<PatchException>(() => JsonPatch.Apply(JsonNode.Parse("""{"l":[0,1,2,3]}"""), patch));
    }

    // Source: RFC 7386 appendix A.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [InlineData("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [InlineData("""{"a":"foo"}""", "null", "null")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("[1,2]", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void MergePatch_AsInTheRfc_GivesItsDocument(string document, string patch, string expected) =>
        Assert.Equal(expected, MergePatch.Apply(JsonNode.Parse(document), JsonNode.Parse(patch))?.ToJsonString() ?? "null");

    [Theory]
    [InlineData("""{"metadata":{"labels":{"a":"b"}}}""", true)]
    [InlineData("""{"spec":{"opens":[{"$patch":"replace"}]}}""", false)]
    [InlineData("""{"$retainKeys":[]}""", false)]
    [InlineData("""{"metadata":{"finalizers":["x"]}}""", false)]
    public void CoversStrategic_OnlyWhatMeansTheSame(string patch, bool expected) => Assert.Equal(expected, MergePatch.CoversStrategic(JsonNode.Parse(patch)));

    [Fact]
    public void Parse_Numbers_KeepEveryDigit()
    {
        const string Text = """{"a":12345678901234567890123,"b":1.10,"c":-0}""";

        Assert.Equal(Text, Encoding.UTF8.GetString(JsonText.Write(JsonText.Parse(Encoding.UTF8.GetBytes(Text), []))));
    }

    [Fact]
    public void Parse_DepthOfSixtyFour_IsTheLimit()
    {
        static byte[] Nested(int depth) => Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));

        Assert.NotNull(JsonText.Parse(Nested(64), []));
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => JsonText.Parse(Nested(65), []));
    }
}
