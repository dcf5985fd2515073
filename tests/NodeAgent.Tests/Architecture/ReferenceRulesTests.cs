// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Architecture;

public sealed class ReferenceRulesTests
{
    [Fact]
    public void Violations_AllowedReference_None()
    {
        ProjectFile project = Project("NodeAgent.Bpf", "../NodeAgent.Interop/NodeAgent.Interop.csproj");

        Assert.Empty(ReferenceRules.Violations([project]));
    }

    [Theory]
    [InlineData("NodeAgent.Events", "../NodeAgent.Bpf/NodeAgent.Bpf.csproj", "NodeAgent.Events references NodeAgent.Bpf, but may reference only: nothing")]
    [InlineData("NodeAgent.Rules", "../NodeAgent.Profiles/NodeAgent.Profiles.csproj", "NodeAgent.Rules references NodeAgent.Profiles")]
    [InlineData("NodeAgent.Export", @"..\NodeAgent.Storage\NodeAgent.Storage.csproj", "NodeAgent.Export references NodeAgent.Storage")]
    [InlineData("NodeAgent", "../NodeAgent.Operator/NodeAgent.Operator.csproj", "NodeAgent references NodeAgent.Operator")]
    public void Violations_ForbiddenReference_NamesBothSides(string name, string reference, string message)
    {
        string violation = Assert.Single(ReferenceRules.Violations([Project(name, reference)]));

        Assert.StartsWith(message, violation, StringComparison.Ordinal);
    }

    [Fact]
    public void Violations_ConditionalReference_IsSeenToo()
    {
        var project = ProjectFile.Parse("NodeAgent.Api", """
            <Project Sdk="Microsoft.NET.Sdk">
              <Choose><When Condition="true"><ItemGroup>
                <ProjectReference Include="../NodeAgent.Events/NodeAgent.Events.csproj" />
              </ItemGroup></When></Choose>
            </Project>
            """);

        Assert.Single(ReferenceRules.Violations([project]));
    }

    [Fact]
    public void Violations_UnknownProject_AsksForADecision()
    {
        string violation = Assert.Single(ReferenceRules.Violations([new ProjectFile("NodeAgent.New", [], false)]));

        Assert.Contains("not in the table", violation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NodeAgent.Interop", "true", 0)]
    [InlineData("NodeAgent.Bpf", "true", 0)]
    [InlineData("NodeAgent.Rules", "false", 0)]
    [InlineData("NodeAgent.Rules", "true", 1)]
    [InlineData("NodeAgent", " True ", 1)]
    public void Violations_Unsafe_OnlyWhereItMayBe(string name, string value, int expected)
    {
        var project = ProjectFile.Parse(name, $"""
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><AllowUnsafeBlocks>{value}</AllowUnsafeBlocks></PropertyGroup></Project>
            """);

        Assert.Equal(expected, ReferenceRules.Violations([project]).Count);
    }

    private static ProjectFile Project(string name, string reference) => ProjectFile.Parse(name, $"""
        <Project Sdk="Microsoft.NET.Sdk"><ItemGroup><ProjectReference Include="{reference}" /></ItemGroup></Project>
        """);
}
