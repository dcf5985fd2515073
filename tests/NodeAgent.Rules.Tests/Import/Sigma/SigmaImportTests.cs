// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Import.Sigma;

/// <summary>Sigma's searches, modifiers and conditions, judged by the engine.</summary>
public sealed class SigmaImportTests
{
    // The process: curl -o /tmp/X? -d@Key.pem in /var/tmp, below nginx.
    [Theory]
    [InlineData("Image: /usr/bin/curl", true)]
    [InlineData("Image: /USR/bin/Curl", true)]
    [InlineData("Image|cased: /USR/bin/Curl", false)]
    [InlineData("Image|endswith: /CURL", true)]
    [InlineData("Image|endswith: [/wget, /curl]", true)]
    [InlineData("Image|startswith: /opt", false)]
    [InlineData("Image|contains: bin", true)]
    [InlineData("Image: '*/cur?'", true)]
    [InlineData("Image: '/usr/*/cu*l'", true)]
    [InlineData("Image: '/usr/?/curl'", false)]
    [InlineData("Image: '*'", true)]
    [InlineData("CommandLine|contains|all: [' -O ', key.pem]", true)]
    [InlineData("CommandLine|contains|all: [' -O ', nothing]", false)]
    [InlineData("CommandLine|contains: '/tmp/X\\?'", true)]
    [InlineData("CommandLine|contains: '/tmp/Y\\?'", false)]
    [InlineData("CommandLine|contains: 'X\\*'", false)]
    [InlineData("CommandLine|contains: '\\*'", false)]
    [InlineData("CommandLine|re: '-d@[A-Z]ey\\.pem$'", true)]
    [InlineData("CommandLine|re: '-D@key'", false)]
    [InlineData("CommandLine|re|i: '-D@key'", true)]
    [InlineData("CommandLine|re: '^curl$'", false)]
    [InlineData("CommandLine|windash|contains: ' /o '", true)]
    [InlineData("CommandLine|windash|contains: ' –d@'", true)]
    [InlineData("CommandLine|contains: ' /o '", false)]
    [InlineData("CommandLine|neq: other", true)]
    [InlineData("ParentImage|endswith: /nginx", true)]
    [InlineData("ParentCommandLine|contains: 'daemon off'", true)]
    [InlineData("CurrentDirectory: /var/tmp", true)]
    [InlineData("User: root", true)]
    [InlineData("ParentUser: root", true)]
    [InlineData("ProcessId: 4711", true)]
    [InlineData("ProcessId|gte: 4712", false)]
    [InlineData("ParentProcessId|lt: 101", true)]
    [InlineData("CommandLine|exists: true", true)]
    [InlineData("CommandLine: null", false)]
    [InlineData("CommandLine: ''", false)]
    [InlineData("Image|fieldref: ParentImage", false)]
    [InlineData("Image|fieldref|neq: ParentImage", true)]
    public void Search_OnAProcess_FiresWhenItHolds(string search, bool fires)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Sigma(Rule($"    selection:\n        {search}\n    condition: selection")));
        bench.Exec("/usr/bin/curl", ["curl", "-o", "/tmp/X?", "-d@Key.pem"], "/var/tmp", comm: "curl");
        Assert.Equal(fires ? ["sigma-tested"] : [], bench.TakenRules());
    }

    [Theory]
    [InlineData("base64", "whoami", "d2hvYW1p", true)]
    [InlineData("base64", "whoami", "IHdob2FtaQ==", false)]
    [InlineData("base64offset", "whoami", "IHdob2FtaSA=", true)]
    [InlineData("base64offset", "whoami", "eHh3aG9hbWl5", true)]
    [InlineData("wide|base64offset", "whoami", "dwBoAG8AYQBtAGkA", true)]
    [InlineData("utf16be|base64", "id", "AGkAZA==", true)]
    public void Search_OfEncodedText_FindsIt(string modifiers, string value, string argument, bool fires)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Sigma(Rule($"    selection:\n        CommandLine|{modifiers}|contains: {value}\n    condition: selection")));
        bench.Exec("/bin/x", ["x", argument]);
        Assert.Equal(fires ? 1 : 0, bench.Taken().Count);
    }

    [Theory]
    [InlineData("a and not b", true)]
    [InlineData("not a or b", false)]
    [InlineData("(a or b) and c_1", true)]
    [InlineData("1 of c_*", true)]
    [InlineData("all of c_*", false)]
    [InlineData("1 of them", true)]
    [InlineData("all of them", false)]
    [InlineData("any of c_*", true)]
    [InlineData("a and not 1 of c_2*", true)]
    [InlineData("NOT 1 OF c_* OR b", false)]
    [InlineData("a and all of _hidden", true)]
    public void Condition_OverSearches_FiresWhenItHolds(string condition, bool fires)
    {
        using Bench bench = ImportBench.Engine(ImportBench.Sigma(Rule($$"""
                a: {Image|endswith: /curl}
                b: {Image|endswith: /wget}
                c_1:
                    - {Image|endswith: /wget}
                    - {CommandLine|contains: x, ParentImage|endswith: nginx}
                c_2: {CommandLine|contains: y}
                _hidden: {Image|contains: curl}
                condition: {{condition}}
            """)));
        bench.Exec("/usr/bin/curl", ["curl", "x"]);
        Assert.Equal(fires ? 1 : 0, bench.Taken().Count);
    }

    [Fact]
    public void Missing_ValueOfAField_IsUnlikeEveryPattern()
    {
        using Bench bench = ImportBench.Engine(ImportBench.Sigma(
            Rule("    s: {CommandLine: null}\n    condition: s", "Absent"), Rule("    s: {CommandLine: '*'}\n    condition: s", "Any"), Rule("    s: {CommandLine|re: '.*'}\n    condition: s", "Expression")));
        bench.Exec("/bin/x", []);
        Assert.Equal(["sigma-absent"], bench.TakenRules());
    }

    [Fact]
    public void Rule_Written_HasWhatTheOriginalSays()
    {
        RuntimeRule rule = Assert.Single(ImportBench.Sigma("""
            title: "It's a test"
            id: 11111111-2222-4333-8444-555555555555
            status: test
            author: Somebody
            description: Tests.
            tags: [attack.execution, attack.t1059.004, attack.privilege-escalation]
            logsource: {product: linux, category: process_creation}
            detection:
                selection: {Image|endswith: /x}
                condition: [selection, not selection]
            falsepositives: [Tests]
            level: high
            """).Rules);

        Assert.Equal(("sigma-11111111-2222-4333-8444-555555555555", "It's a test", 8, true), (rule.Id, rule.Name, rule.Severity, rule.Enabled));
        Assert.Equal(("TA0002", "T1059.004"), (rule.MitreTactic, rule.MitreTechnique));
        Assert.Contains("Author: Somebody", rule.Description, StringComparison.Ordinal);
        Assert.Equal("exec", Assert.Single(rule.Expressions!.RuleExpression!).EventType);
    }

    [Fact]
    public void Documents_OfOneFile_AreRulesOfTheirOwn()
    {
        RuleImport import = ImportBench.Sigma(Rule("    s: {Image: /a}\n    condition: s", "One") + "\n---\n" + Rule("    s: {Image: /b}\n    condition: s", "Two") + "\n---\ntitle: Three\n");
        Assert.Equal(["One", "Two"], import.Rules.Select(rule => rule.Name));
        Assert.Equal((3, 1), (import.Read, import.Refused));
    }

    [Fact]
    public void Deprecated_IsWrittenAndOff()
    {
        RuleImport import = ImportBench.Sigma(Rule("    s: {Image: /a}\n    condition: s") + "\nstatus: deprecated");
        Assert.False(Assert.Single(import.Rules).Enabled);
        Assert.Single(ImportBench.Of(import, ImportRemarkKind.Note));
    }

    internal static string Rule(string detection, string title = "Tested") => $$"""
        title: {{title}}
        logsource:
            product: linux
            category: process_creation
        detection:
        {{detection}}
        level: low
        """;
}
