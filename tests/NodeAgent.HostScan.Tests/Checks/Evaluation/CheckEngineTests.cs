// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Tests.Checks.Evaluation;

public sealed class CheckEngineTests
{
    private const string Kptr = """
            applies: setting(sysctl.kernelVariables, "kernel.kptr_restrict") != null
            pass: setting(sysctl.kernelVariables, "kernel.kptr_restrict").value in ["1", "2"]
            evidence:
              - found: setting(sysctl.kernelVariables, "kernel.kptr_restrict")
                wanted: 1 or 2
        """;

    [Fact]
    public void Judge_ValueThatIsNotWanted_FailsWithEvidence()
    {
        CheckResult result = TestDocuments.Judge(Kptr, TestDocuments.Document("LinuxKernelVariables", "sysctl", TestDocuments.Sysctl));

        Assert.Equal(CheckOutcome.Fail, result.Outcome);
        Assert.Equal(new EvidenceRow("/proc/sys/kernel/kptr_restrict", null, "kernel.kptr_restrict = 0", "1 or 2"), Assert.Single(result.Evidence));
    }

    [Fact]
    public void Judge_ValueThatIsWanted_Passes()
    {
        CheckResult result = TestDocuments.Judge(Kptr, TestDocuments.Document("LinuxKernelVariables", "sysctl", TestDocuments.Sysctl.Replace("\"0\"", "\"2\"", StringComparison.Ordinal)));

        Assert.Equal((CheckOutcome.Pass, "kernel.kptr_restrict = 2"), (result.Outcome, Assert.Single(result.Evidence).Found));
    }

    [Fact]
    public void Judge_WhatTheHostHasNot_IsNotApplicable()
    {
        CheckResult result = TestDocuments.Judge(Kptr, TestDocuments.Document("LinuxKernelVariables", "sysctl", """{ "kernelVariables": [] }"""));

        Assert.Equal((CheckOutcome.NotApplicable, null), (result.Outcome, result.Message));
        Assert.Empty(result.Evidence);
    }

    [Theory]
    [InlineData("""{ "other": 1 }""", "1:16: no such key \"kernelVariables\"")]
    [InlineData("""{ "kernelVariables": "text" }""", "setting is asked of what is no list")]
    public void Judge_DocumentOfAnotherForm_IsUnknown(string spec, string message)
    {
        CheckResult result = TestDocuments.Judge(Kptr, TestDocuments.Document("LinuxKernelVariables", "sysctl", spec));

        Assert.Equal(CheckOutcome.Unknown, result.Outcome);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
        Assert.StartsWith("unknown: ", Assert.Single(result.Evidence).Found, StringComparison.Ordinal);
    }

    // A host without a kubelet is another thing than a kubelet that could not be looked at.
    [Fact]
    public void Judge_DocumentThatCouldNotBeRead_IsUnknownAndNotNotApplicable()
    {
        const string body = "    applies: kubelet != null\n    pass: kubelet.right";

        Assert.Equal(CheckOutcome.NotApplicable, TestDocuments.Judge(body, TestDocuments.Document("KubeletInfo", "kubelet", null)).Outcome);
        CheckResult result = TestDocuments.Judge(body, TestDocuments.Document("KubeletInfo", "kubelet", null, "/proc/7/cmdline: may not be read"));
        Assert.Equal((CheckOutcome.Unknown, "KubeletInfo: /proc/7/cmdline: may not be read"), (result.Outcome, result.Message));
        Assert.Equal(CheckOutcome.NotApplicable, TestDocuments.Judge(body, TestDocuments.Document("Other", "sysctl", null, "no matter")).Outcome);
    }

    [Theory]
    [InlineData("modeAtMost(kubelet.file, '0600')", CheckOutcome.Pass)]
    [InlineData("modeAtMost(kubelet.file, '600')", CheckOutcome.Pass)]
    [InlineData("modeAtMost(kubelet.file, '0640')", CheckOutcome.Pass)]
    [InlineData("modeAtMost(kubelet.file, '0400')", CheckOutcome.Fail)]
    [InlineData("modeAtMost(kubelet.suid, '0777')", CheckOutcome.Fail)]
    [InlineData("modeAtMost(kubelet.file, '0800')", CheckOutcome.Unknown)]
    [InlineData("modeAtMost(kubelet.file, '')", CheckOutcome.Unknown)]
    [InlineData("modeAtMost(kubelet.nothing, '0600')", CheckOutcome.Unknown)]
    [InlineData("modeAtMost(null, '0600')", CheckOutcome.Unknown)]
    [InlineData("ownedBy(kubelet.file, 'root', 'root')", CheckOutcome.Fail)]
    [InlineData("ownedBy(kubelet.file, 'root', 'etcd')", CheckOutcome.Pass)]
    [InlineData("ownedBy(kubelet.file, '0', '997')", CheckOutcome.Pass)]
    [InlineData("ownedBy(kubelet.suid, 'root', 'root')", CheckOutcome.Fail)]
    [InlineData("ownedBy(kubelet.nothing, 'root', 'root')", CheckOutcome.Unknown)]
    public void Judge_FileFunctions_AnswerOfTheFile(string pass, CheckOutcome outcome)
    {
        // The one that is called root is not: the host's passwd is the host's.
        const string spec = """
            { "file": { "path": "/f", "permissions": 384, "ownership": { "uid": 0, "gid": 997, "groupname": "etcd" } },
              "suid": { "path": "/s", "permissions": 2541, "ownership": { "uid": 1000, "gid": 0, "username": "root", "groupname": "root" } },
              "nothing": null }
            """;

        Assert.Equal(outcome, TestDocuments.Judge($"    pass: \"{pass}\"", TestDocuments.Document("KubeletInfo", "kubelet", spec)).Outcome);
    }

    [Theory]
    [InlineData("nosuch == null", "T-1: pass, 1:1: ")]
    [InlineData("setting(sysctl)", "T-1: pass, 1:")]
    [InlineData("1 + ", "T-1: pass, 1:")]
    [InlineData("'text'", "T-1: pass, 1:1: ")]
    [InlineData("'a'.matches('[')", "T-1: pass, 1:")]
    public void Compile_ExpressionThatIsWrong_IsSaidWithFileAndLine(string pass, string message)
    {
        CheckEngine engine = TestDocuments.Engine(TestDocuments.File($"    pass: \"{pass}\""));

        Assert.NotEmpty(engine.Issues);
        Assert.Empty(engine.Checks);
        Assert.All(engine.Issues, issue => Assert.StartsWith("file0.yaml:9: " + message, issue.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Judge_ConditionThatIsNoBool_IsUnknown() =>
        Assert.Contains("no overload", TestDocuments.Judge("    pass: kubelet", TestDocuments.Document("KubeletInfo", "kubelet", "{}")).Message, StringComparison.Ordinal);

    // 5000 settings looked up for each of 5000 settings, and text that doubles: both end, and only their own check is unknown.
    [Fact]
    public void Judge_CheckThatWouldNotEnd_IsUnknownAndTheOthersAreJudged()
    {
        string list = string.Join(',', Enumerable.Range(0, 5000).Select(i => $"{{\"key\":\"k{i}\",\"value\":\"{i}\"}}"));
        CheckEngine engine = TestDocuments.Engine(
            TestDocuments.File("    pass: \"files.all(x, files.all(y, files.all(z, x.key != y.key || z.key != 'nothing' || x == y)))\"", "LONG", "a"),
            TestDocuments.File("    pass: \"files.map(x, files.map(y, x.key + y.key)).size() > 0\"", "LARGE", "b"),
            TestDocuments.File("    pass: \"files.all(x, setting(files, x.key).value == x.value)\"", "GOOD", "c"));
        Assert.Empty(engine.Issues);
        HostScanResult scan = TestDocuments.Scan(TestDocuments.Document("Files", "files", $"[{list}]"));
        long began = Stopwatch.GetTimestamp();

        IReadOnlyList<CheckResult> results = engine.Judge(scan);

        Assert.Equal([CheckOutcome.Unknown, CheckOutcome.Unknown, CheckOutcome.Pass], results.Select(result => result.Outcome));
        Assert.Contains("took more than", results[0].Message, StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Judge_LargeAndHostileValues_AreBoundedInTheEvidence()
    {
        string rows = string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{ "path": "/bin/{{i}}\u001b[2J", "permissions": 2541, "ownership": { "uid": {{i}}, "gid": 0 } }"""));
        CheckResult result = TestDocuments.Judge(
            """
                pass: size(files.list) == 0
                evidence:
                  - found: files.list
                    wanted: none
                  - found: files.text
                    wanted: none
                  - found: files.deep
                    wanted: none
                  - found: files.whole
                    wanted: none
            """,
            TestDocuments.Document("F", "files", $$$"""{ "list": [{{{rows}}}], "text": "{{{new string('x', 100_000)}}}", "deep": { "a": { "b": { "c": { "d": [1] } } } }, "whole": { "value": [true, 1.5, null], "source": "/x", "line": 7 } }"""));

        Assert.Equal(24, result.Evidence.Count);
        Assert.Equal(new EvidenceRow("/bin/1\u001b[2J", null, "mode 4755, owner 1:0", "none"), result.Evidence[1]);
        Assert.Equal("and 10 more", result.Evidence[20].Found);
        Assert.Equal(401, result.Evidence[21].Found.Length);
        Assert.Equal("a: b: c: …", result.Evidence[22].Found);
        Assert.Equal(("/x:7", "true, 1.5, null"), (result.Evidence[23].Place, result.Evidence[23].Found));
    }

    [Theory]
    [InlineData("[]", "none")]
    [InlineData("''", "empty")]
    [InlineData("null", "not set")]
    [InlineData("[1, 2]", "1, 2")]
    [InlineData("{'key': 'a'}", "a = (no value)")]
    public void Judge_WhatIsNotThere_IsSaidInWords(string found, string text) =>
        Assert.Equal(text, Assert.Single(TestDocuments.Judge($"    pass: 'true'\n    evidence:\n      - found: \"{found}\"\n        wanted: x").Evidence).Found);

    [Fact]
    public void Judge_OnlySome_LeavesOutTheOthers()
    {
        CheckEngine engine = TestDocuments.Engine(TestDocuments.File("    pass: 'true'", "A", "a"), TestDocuments.File("    pass: 'false'", "B", "b"));

        Assert.Equal("B", Assert.Single(engine.Judge(TestDocuments.SysctlScan(), check => check.Set.Id == "b")).Check.Id);
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => engine.Judge(TestDocuments.SysctlScan(), null, stopped.Token));
        Assert.Equal("7,4,10,1", string.Join(',', new[] { CheckSeverity.High, CheckSeverity.Medium, CheckSeverity.Critical, CheckSeverity.Low }.Select(s => s.Weight().ToString(CultureInfo.InvariantCulture))));
    }
}
