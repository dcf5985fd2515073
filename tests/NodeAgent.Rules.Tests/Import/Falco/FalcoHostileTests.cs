// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Import.Falco;

/// <summary>Files that somebody wrote to harm who reads them: each ends with a reason, soon, and takes nothing else down.</summary>
public sealed class FalcoHostileTests
{
    private const string Good = """

        - {rule: Good, desc: d, condition: evt.type in (execve) and proc.name = x, output: o, priority: INFO}

        """;

    private const string Whole = """
        - list: tools
          items: &items [nc, '"n c"', "x\\y"]
        - macro: started
          condition: (evt.type in (execve, execveat) and evt.dir=<)
        - rule: A tool
          desc: Of somebody's.
          condition: started and not (proc.name in (tools, "y") or proc.args glob '/[a-z]*/?' or proc.aname[2] = x) and fd.name pmatch (/etc, /a*)
          output: "%proc.name %% (%proc.aname[2])"
          priority: WARNING
          tags: [mitre_execution, T1059]
          exceptions:
            - {name: e, fields: [proc.name, proc.args], comps: [=, in], values: [[x, *items], [y, (a, "b")]]}
        - rule: A tool
          condition: or evt.type = connect and fd.snet in ("10.0.0.0/8") and evt.rawres >= 0 or user.name = root
          override: {condition: append}
        """;

    [Fact]
    public void Macros_ThatNameThemselves_AreNamed()
    {
        Refused("the macro a names itself: a -> b -> a", """
            - {macro: a, condition: b and proc.name = x}
            - {macro: b, condition: not a}
            - {rule: Bad, desc: d, condition: evt.type in (execve) and a, output: o, priority: INFO}
            """);
        Refused("the list a names itself", """
            - {list: a, items: [b]}
            - {list: b, items: [a, c]}
            - {rule: Bad, desc: d, condition: evt.type in (execve) and proc.name in (a), output: o, priority: INFO}
            """);
    }

    [Fact]
    public void Macros_ThatDoubleEachOther_AreRefused()
    {
        var file = new StringBuilder("- {macro: m0, condition: proc.name = x}\n");
        for (int i = 1; i <= 50; i++)
        {
            file.Append($"- {{macro: m{i}, condition: m{i - 1} and not m{i - 1}}}\n");
        }

        Refused("parts", file.Append("- {rule: Bad, desc: d, condition: evt.type in (execve) and m50, output: o, priority: INFO}\n").ToString());
    }

    [Fact]
    public void Lists_ThatDoubleEachOther_HoldEachValueOnce()
    {
        var file = new StringBuilder("- {list: l0, items: [nc]}\n");
        for (int i = 1; i <= 50; i++)
        {
            file.Append($"- {{list: l{i}, items: [l{i - 1}, l{i - 1}, n{i}]}}\n");
        }

        RuleImport import = ImportBench.Falco(file.Append("- {rule: R, desc: d, condition: 'evt.type in (execve, execveat) and proc.name in (l50)', output: o, priority: INFO}\n").ToString());
        using Bench bench = ImportBench.Engine(import);
        bench.Exec("/bin/nc", comm: "nc");
        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Conditions_ThatAreTooLongOrTooDeep_AreRefused()
    {
        string Bad(string condition) => $"- {{rule: Bad, desc: d, condition: \"{condition}\", output: o, priority: INFO}}\n";
        Refused("characters", Bad("evt.type in (execve) and proc.name in (" + string.Join(", ", Enumerable.Range(0, 150_000).Select(i => "n" + i)) + ")"));
        Refused("levels", Bad("evt.type in (execve) and " + new string('(', 40_000) + "proc.name = x" + new string(')', 40_000)));
        Refused("transformers", Bad(string.Concat(Enumerable.Repeat("tolower(", 5000)) + "proc.name" + new string(')', 5000) + " = x"));
        RuleImport import = ImportBench.Falco(Bad("evt.type in (execve, execveat) and " + string.Concat(Enumerable.Repeat("not ", 20_001)) + "proc.name = x"));
        using Bench bench = ImportBench.Engine(import);
        bench.Exec("/bin/y", comm: "y");
        Assert.Single(bench.Taken());
    }

    [Fact]
    public void Aliases_ThatMakeLongExceptionsAndTags_AreRefused()
    {
        string row = "&row [" + string.Join(',', Enumerable.Repeat("x", 900)) + "]";
        string rows = string.Join(',', Enumerable.Repeat("*row", 900));
        Refused("values", $$"""
            - {list: l, items: {{row}}}
            - {rule: Bad, desc: d, condition: evt.type in (execve) and proc.name = x, output: o, priority: INFO, exceptions: [{name: e, fields: proc.name, values: [{{rows}}]}]}
            """);
        Refused("tags", $$"""
            - {rule: Bad, desc: d, condition: evt.type in (execve) and proc.name = x, output: o, priority: INFO, tags: {{row}}}
            """);
        Refused("exceptions", $$"""
            - {rule: Bad, desc: d, condition: evt.type in (execve) and proc.name = x, output: o, priority: INFO, exceptions: [{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"{{name: e{i}, fields: proc.name}}"))}}]}
            """);
    }

    [Fact]
    public void File_ChangedAtRandom_IsReadOrNamedAndNothingElse() => Prop.ForAll(
        ArbMap.Default.ArbFor<(ushort At, byte Length, string Text)[]>(),
        changes =>
        {
            string file = ImportBench.Changed(Whole, changes);
            RuleImport import = ImportBench.Falco(file);
            return import.Rules.Count <= import.Read && ImportBench.Sigma(file).Rules.Count == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void ChainOfMacros_ThatIsTooDeep_IsRefused()
    {
        var file = new StringBuilder("- {macro: m0, condition: proc.name = x}\n");
        for (int i = 1; i <= 5000; i++)
        {
            file.Append($"- {{macro: m{i}, condition: not m{i - 1}}}\n");
        }

        Refused("levels", file.Append("- {rule: Bad, desc: d, condition: evt.type in (execve) and m5000, output: o, priority: INFO}\n").ToString());
    }

    [Theory]
    [InlineData("(a+)+b")]
    [InlineData("(a|aa)*c(a|aa)*c(a|aa)*d")]
    public void RegularExpression_ThatWouldTakeForEver_TakesNoTime(string expression)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Condition($"evt.type in (execve, execveat) and proc.args regex '{expression}'"));
        var time = Stopwatch.StartNew();
        bench.Exec("/bin/x", ["x", new string('a', 3000)]);
        Assert.Empty(bench.Taken());
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), time.Elapsed.ToString());
    }

    [Fact]
    public void RegularExpression_ThatIsTooLarge_IsRefused()
    {
        Assert.Equal(1, ImportBench.Condition($"evt.type in (execve) and proc.args regex '{new string('a', 5000)}'").Refused);
        Assert.Equal(1, ImportBench.Condition("evt.type in (execve) and proc.args regex '(((a{900}){900}){900}){900}'").Refused);
    }

    [Fact]
    public void Names_OfEverySign_LeaveRulesThatCompile()
    {
        string all = string.Concat(Enumerable.Range(0x20, 0x60).Select(c => (char)c).Where(c => c != '"' && c != '\\')) + "\\\"\\\\\\t\\x07\\u2028\\U0001F600";
        RuleImport import = ImportBench.Falco($"- {{rule: \"{all}\", desc: \"{all}\", condition: evt.type in (execve) and proc.name = x, output: \"{all} %proc.name\", priority: \"{all}\", tags: [\"{all}\"]}}\n");
        Assert.Equal(0, import.Refused);
        Assert.Single(import.Rules);
    }

    private static void Refused(string said, string file)
    {
        RuleImport import = ImportBench.Falco(file + Good);
        Assert.Equal("Good", Assert.Single(import.Rules).Name);
        Assert.Contains(said, Assert.Single(ImportBench.Of(import, ImportRemarkKind.Refused)), StringComparison.Ordinal);
    }
}
