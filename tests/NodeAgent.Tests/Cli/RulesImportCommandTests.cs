// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Text.Json;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Cli;
using NodeAgent.Rules.Compilation;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Tests.Cli;

/// <summary><c>rules import</c>: what is written is rules, what is not is named.</summary>
public sealed class RulesImportCommandTests : IDisposable
{
    private const string Falco = """
        - list: tools
          items: [nc, "it's # a \"test\": x"]
        - rule: Tool
          desc: |
            A tool: of "somebody's".
          condition: evt.type in (execve, execveat) and proc.name in (tools)
          output: 'Tool %proc.cmdline'
          priority: CRITICAL
        - rule: "Lacking\x1B[31m"
          desc: d
          condition: evt.type in (execve) and proc.vpid = 1
          output: o
          priority: INFO
        """;

    private const string Sigma = """
        title: Tool
        logsource: {product: linux, category: process_creation}
        detection:
            selection: {Image|endswith: /nc}
            condition: selection
        level: high
        """;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Falco_WithARuleThatLacksAField_WritesTheOthersNamesItAndEndsWithOne()
    {
        (int code, string output, string error) = Run("falco", Falco);

        Assert.Equal(1, code);
        Assert.Contains("field proc.vpid", error, StringComparison.Ordinal);
        Assert.Contains(".yaml:9: not taken over: 'Lacking", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\x1B', error);
        Assert.EndsWith("2 rules read, 1 taken over, 1 not\n", error, StringComparison.Ordinal);
        RulesObject written = Assert.Single(RuleDocuments.Parse(new StringReader(output)).Rules);
        RuntimeRule rule = Assert.Single(written.Spec!.Rules!);
        Assert.Equal(("falco", "falco-tool", "Tool", 9), (written.Metadata.Name, rule.Id, rule.Name, rule.Severity));
        Assert.Contains("'it\\'s # a \"test\": x'", Assert.Single(rule.Expressions!.RuleExpression!).Expression, StringComparison.Ordinal);
        Assert.DoesNotContain(new RuleCheck().Check([rule], []), issue => issue.IsError);
    }

    [Fact]
    public void Sigma_TakenOverWhole_EndsWithZeroAndWritesTheFile()
    {
        (int code, string output, string error) = Run("sigma", Sigma, "--output", _folder["out.yaml"], "--name", "mine");

        Assert.Equal((0, string.Empty, "1 rules read, 1 taken over, 0 not\n"), (code, output, error));
        using var reader = new StringReader(File.ReadAllText(_folder["out.yaml"]));
        RulesObject written = Assert.Single(RuleDocuments.Parse(reader).Rules);
        Assert.Equal(("mine", "sigma-tool"), (written.Metadata.Name, Assert.Single(written.Spec!.Rules!).Id));
    }

    [Fact]
    public void Strict_RefusesWhatMeansMore()
    {
        const string Nearly = "- {rule: A, desc: d, condition: evt.type = open and fd.name = /x, output: o, priority: INFO}";
        (int code, _, string error) = Run("falco", Nearly);
        Assert.Equal(0, code);
        Assert.Contains("warning: means more: ", error, StringComparison.Ordinal);
        Assert.Contains("('A')", error, StringComparison.Ordinal);
        Assert.Equal(1, Run("falco", Nearly, "--strict").Code);
    }

    [Fact]
    public void Names_OfEveryKind_AreReadAsTheyWereWritten()
    {
        string[] names =
        [
            "a: b", "# x", "- y", "yes", "null", "1.0", "0x1f", "2026-01-01", "tab\there", "line\nbreak", "é😀", "\u2028x\u0085", "'one' \"two\"", "%YAML", "@", "`", "|", ">", "&a *b", "!tag", "{a}", "[b", "a #b", "x:",
            " both sides ", new string('w', 3000), "---", "...",
        ];
        string file = string.Concat(names.Select(name => $"- {{rule: {JsonSerializer.Serialize(name)}, desc: {JsonSerializer.Serialize(name)}, condition: evt.type in (execve) and proc.name = x, output: {JsonSerializer.Serialize(name)}, priority: INFO}}\n"));
        (int code, string output, string error) = Run("falco", file);

        Assert.True(code == 0, error);
        IReadOnlyList<RuntimeRule> rules = Assert.Single(RuleDocuments.Parse(new StringReader(output)).Rules).Spec!.Rules!;
        Assert.Equal(names, rules.Select(rule => rule.Name));
        Assert.Equal(names.Select(name => name.Trim()), rules.Select(rule => rule.Description));
        Assert.DoesNotContain(new RuleCheck().Check(rules, []), issue => issue.IsError);
    }

    [Theory]
    [InlineData("- [", "line ")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "levels")]
    public void File_ThatIsNoYaml_IsNamedAndEndsWithOne(string text, string said)
    {
        (int code, _, string error) = Run("falco", text);
        Assert.Equal(1, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public void File_ThatIsMissing_IsNamed() =>
        Assert.Contains("none.yaml", Assert.Throws<CommandException>(() => Invoke("sigma", [_folder["none.yaml"]])).Message, StringComparison.Ordinal);

    private (int Code, string Output, string Error) Run(string language, string text, params string[] more) => Invoke(language, [_folder.Write("file.yaml", text), .. more]);

    private static (int Code, string Output, string Error) Invoke(string language, string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = RulesImportCommand.Create().Parse([language, .. arguments]).Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (code, output.ToString(), error.ToString());
    }
}
