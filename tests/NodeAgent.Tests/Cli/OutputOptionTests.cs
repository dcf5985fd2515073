// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using NodeAgent.Cli.Output;

namespace NodeAgent.Tests.Cli;

public sealed class OutputOptionTests
{
    [Fact]
    public void Parse_Nothing_IsTheFirstAllowed() => Assert.Equal(OutputFormat.Yaml, Parse([]).Value);

    [Theory]
    [InlineData("-o", "json")]
    [InlineData("--output", "json")]
    public void Parse_AllowedFormat_IsTaken(params string[] arguments) => Assert.Equal((OutputFormat.Json, ""), Parse(arguments));

    [Theory]
    [InlineData("table")]
    [InlineData("xml")]
    [InlineData("JSON")]
    [InlineData("1")]
    [InlineData("")]
    public void Parse_OtherFormat_IsAnErrorThatNamesTheChoice(string format) =>
        Assert.Equal("--output must be one of yaml, json", Parse(["-o", format]).Error);

    [Fact]
    public void Parse_NoFormat_IsAnError() => Assert.NotEmpty(Parse(["-o"]).Error);

    [Fact]
    public void Parse_TwoFormats_IsAnError() => Assert.NotEmpty(Parse(["-o", "json", "-o", "yaml"]).Error);

    private static (OutputFormat? Value, string Error) Parse(string[] arguments)
    {
        Option<OutputFormat> option = OutputOption.Create(OutputFormat.Yaml, OutputFormat.Json);
        ParseResult result = new RootCommand { option }.Parse(arguments);
        string error = string.Join('\n', result.Errors.Select(e => e.Message));
        return (error.Length > 0 ? null : result.GetValue(option), error);
    }
}
