// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Cli;

namespace NodeAgent.Tests.Cli;

public sealed class YamlFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_SeveralDocumentsAndLists_GivesEachObject()
    {
        IReadOnlyList<JsonNode> objects = Read("""
            a: 1
            b: "1"
            c: [true, null, -2, 1.5, yes]
            ---
            ---
            kind: NetworkPolicyList
            items:
            - {kind: NetworkPolicy}
            - {kind: Other}
            """);
        Assert.Equal(["""{"a":1,"b":"1","c":[true,null,-2,1.5,"yes"]}""", """{"kind":"NetworkPolicy"}""", """{"kind":"Other"}"""],
            objects.Select(one => one.ToJsonString()));
    }

    [Fact]
    public void Read_Json_IsTheSame() => Assert.Equal("""{"a":{"b":[1,"x"]}}""", Assert.Single(Read("""{"a": {"b": [1, "x"]}}""")).ToJsonString());

    [Theory]
    [InlineData("a: [1", "file.yaml, line ")]
    [InlineData("? [1]\n: 2", "a key must be text")]
    [InlineData("a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]", "more than 64 levels or 1000000 values")]
    public void Read_Hostile_IsRefusedWithThePlace(string text, string said) =>
        Assert.Contains(said, Assert.Throws<CommandException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_NoFile_SaysSo() =>
        Assert.Contains("none.yaml", Assert.Throws<CommandException>(() => YamlFile.Read(_folder["none.yaml"])).Message, StringComparison.Ordinal);

    private IReadOnlyList<JsonNode> Read(string text) => YamlFile.Read(_folder.Write("file.yaml", text));
}
