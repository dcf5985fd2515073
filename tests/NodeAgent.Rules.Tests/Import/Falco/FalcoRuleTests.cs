// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Import.Falco;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Import.Falco;

/// <summary>Lists, macros, rules and exceptions, and what later files change of them.</summary>
public sealed class FalcoRuleTests
{
    private const string Base = """
        - required_engine_version: 0.31.0
        - list: fetchers
          items: [curl, '"wget"', more_fetchers]
        - list: more_fetchers
          items: [http, "\"with space\""]
        - macro: started
          condition: (evt.type in (execve, execveat) and evt.dir=<)
        - macro: fetches
          condition: proc.name in (fetchers)
        - rule: Fetch from the net
          desc: >
            Something was fetched
            by a program.
          condition: started and fetches
          output: "Fetched (%proc.name %%, parent=%proc.pname third=%proc.aname[3] since=%container.start_ts) %container.info\u2028"
          priority: WARNING
          tags: [container, network, mitre_command_and_control, T1105]
          exceptions:
            - name: paths
              fields: [proc.name, proc.cwd]
              comps: [=, startswith]
              values:
                - [curl, /srv/]
            - name: parents
              fields: proc.pname
            - name: both
              fields: [proc.name, proc.args]
              comps: [in, contains]
              values:
                - [[http, more_fetchers], --version]
        """;

    [Fact]
    public void Rule_Written_HasWhatTheOriginalSays()
    {
        RuleImport import = ImportBench.Falco(Base);
        RuntimeRule rule = Assert.Single(import.Rules);

        Assert.Equal(("falco-fetch-from-the-net", "Fetch from the net", 6, true), (rule.Id, rule.Name, rule.Severity, rule.Enabled));
        Assert.Equal(("TA0011", "T1105"), (rule.MitreTactic, rule.MitreTechnique));
        Assert.Contains("network", rule.Tags!);
        Assert.Equal(["output: %container.start_ts is not known and is written as <NA>"], ImportBench.Of(import, ImportRemarkKind.Note));
        using Bench bench = ImportBench.Engine(import);
        bench.Exec("/usr/bin/curl", comm: "curl");
        string message = Assert.Single(bench.Taken()).Spec.Alerts[0].Message;
        Assert.Equal($"Fetched (curl %, parent=nginx third=<NA> since=<NA>) container_id={Bench.ContainerId} container_name=web", message);
    }

    [Theory]
    [InlineData("curl", "/", "x", true)]
    [InlineData("wget", "/", "x", true)]
    [InlineData("with space", "/", "x", true)]
    [InlineData("more_fetchers", "/", "x", false)]
    [InlineData("curl", "/srv", "x", false)]
    [InlineData("wget", "/srv", "x", true)]
    [InlineData("http", "/", "--version", false)]
    [InlineData("curl", "/", "--version", true)]
    public void Exceptions_OfARule_LeaveOutWhatAllTheirFieldsHoldOf(string comm, string cwd, string argument, bool fires)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Falco(Base));
        bench.Exec("/usr/bin/x", ["x", argument], cwd, comm: comm);
        Assert.Equal(fires ? 1 : 0, bench.Taken().Count);
    }

    [Theory]
    [InlineData("- {list: fetchers, append: true, items: [aria2c]}", "aria2c", true)]
    [InlineData("- {list: fetchers, items: [aria2c], override: {items: append}}", "aria2c", true)]
    [InlineData("- {list: fetchers, items: [aria2c], override: {items: replace}}", "curl", false)]
    [InlineData("- {list: fetchers, items: [aria2c]}", "curl", false)]
    [InlineData("- {macro: fetches, append: true, condition: or proc.name = axel}", "axel", true)]
    [InlineData("- {macro: fetches, condition: and proc.cwd = /none, override: {condition: append}}", "curl", false)]
    [InlineData("- {macro: fetches, condition: proc.name = axel}", "curl", false)]
    [InlineData("- {rule: Fetch from the net, append: true, condition: and not proc.name = curl}", "curl", false)]
    [InlineData("- {rule: Fetch from the net, append: true, condition: or proc.name = axel and started}", "axel", true)]
    [InlineData("- {rule: Fetch from the net, condition: and not proc.pname = nginx, override: {condition: append}}", "curl", false)]
    [InlineData("- {rule: Fetch from the net, condition: started and proc.name = axel, override: {condition: replace}}", "axel", true)]
    [InlineData("- {rule: Fetch from the net, append: true, exceptions: [{name: parents, values: [nginx, apache2]}]}", "curl", false)]
    [InlineData("- {rule: Fetch from the net, exceptions: [{name: parents, values: [[nginx], [apache2]]}], override: {exceptions: append}}", "curl", false)]
    [InlineData("- {rule: Fetch from the net, exceptions: [], override: {exceptions: replace}}", "curl", true)]
    [InlineData("- {rule: Fetch from the net, enabled: false}", "curl", false)]
    [InlineData("- {rule: Fetch from the net, enabled: false, override: {enabled: replace}}", "curl", false)]
    public void LaterFile_ThatAppendsOrOverrides_Holds(string later, string comm, bool fires)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Falco(Base, later));
        bench.Exec("/usr/bin/x", comm: comm);
        Assert.Equal(fires ? 1 : 0, bench.Taken().Count);
    }

    [Fact]
    public void Override_OfTexts_ReplacesThem()
    {
        RuntimeRule rule = Assert.Single(ImportBench.Falco(Base, """
            - rule: Fetch from the net
              priority: CRITICAL
              tags: [T1570]
              desc: More.
              output: Other
              override: {priority: replace, tags: append, desc: append, output: replace}
            """).Rules);
        Assert.Equal((9, "T1105", "'Other'"), (rule.Severity, rule.MitreTechnique, rule.Expressions!.Message));
        Assert.EndsWith("More.", rule.Description, StringComparison.Ordinal);
        Assert.Contains("T1570", rule.Tags!);
    }

    [Theory]
    [InlineData("- {rule: A, desc: d, condition: ka.verb = create, output: o, priority: INFO, source: k8s_audit}", "event source k8s_audit")]
    [InlineData("- {rule: A, desc: d, output: o, priority: INFO}", "no condition")]
    [InlineData("- {rule: Fetch from the net, append: true, exceptions: [{name: new, values: [[x]]}]}", "has values and no fields")]
    [InlineData("- {rule: Fetch from the net, append: true, exceptions: [{name: paths, values: [[x]]}]}", "1 values for 2 fields")]
    [InlineData("- {rule: Fetch from the net, append: true, exceptions: [{name: n, fields: [proc.name, proc.args], comps: [=]}]}", "2 fields and 1 comparisons")]
    [InlineData("- {rule: Fetch from the net, append: true, exceptions: [{name: n, fields: proc.name, comps: =, values: [x]}]}", "a single field is compared by")]
    [InlineData("- {rule: Fetch from the net, append: true, exceptions: [{name: n, fields: [proc.duration], values: [[1]]}]}", "field proc.duration")]
    [InlineData("- {rule: Fetch from the net, output: x, override: {output: prepend}}", "neither append nor replace")]
    public void Rule_ThatIsNotTakenOver_SaysWhy(string later, string said)
    {
        RuleImport import = ImportBench.Falco(Base, later);
        Assert.Equal(1, import.Refused);
        Assert.Contains(ImportBench.Of(import, ImportRemarkKind.Refused), message => message.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("- required_plugin_versions: [{name: k8saudit, version: 0.7.0}]", ImportRemarkKind.Note, "plugin k8saudit")]
    [InlineData("- {macro: none, append: true, condition: or x}", ImportRemarkKind.Note, "macro none, which is not there")]
    [InlineData("- {rule: none, append: true, condition: or x}", ImportRemarkKind.Note, "'none', which is not there")]
    [InlineData("- {something: else}", ImportRemarkKind.Note, "neither a rule")]
    [InlineData("rule: A", ImportRemarkKind.Refused, "is a list of rules")]
    [InlineData("- [", ImportRemarkKind.Refused, "line ")]
    [InlineData("- {rule: A, rule: B}", ImportRemarkKind.Refused, "twice")]
    public void File_WithWhatIsNoRule_SaysSo(string file, ImportRemarkKind kind, string said) =>
        Assert.Contains(ImportBench.Of(ImportBench.Falco(file), kind), message => message.Contains(said, StringComparison.Ordinal));

    [Fact]
    public void Ids_OfNamesThatLookAlike_Differ()
    {
        string Rule(string name) => $"- {{rule: '{name}', desc: d, condition: evt.type in (execve) and proc.name = x, output: o, priority: INFO}}";
        RuleImport import = ImportBench.Falco(string.Join('\n', Rule("A b"), Rule("a-B"), Rule("日本"), Rule(new string('x', 200))));
        Assert.Equal(4, import.Rules.Select(rule => rule.Id).Distinct().Count());
        Assert.All(import.Rules, rule => Assert.InRange(rule.Id!.Length, 1, 64));
        Assert.Equal("falco-a-b", import.Rules[0].Id);
    }

    [Fact]
    public void Strict_RefusesWhatIsOnlyNearlyTheSame()
    {
        const string File = "- {rule: A, desc: d, condition: evt.type = open and fd.name = /x, output: '%evt.time', priority: INFO}";
        Assert.Equal(1, FalcoImport.Read([new ImportSource("f", File)], isStrict: true).Refused);
        Assert.Equal(0, FalcoImport.Read([new ImportSource("f", File)], isStrict: false).Refused);
    }
}
