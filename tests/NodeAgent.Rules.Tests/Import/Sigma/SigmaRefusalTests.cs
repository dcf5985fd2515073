// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Rules.Import;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Import.Sigma;

/// <summary>What is not taken over is named; what is written to harm ends with a reason.</summary>
public sealed class SigmaRefusalTests
{
    [Theory]
    [InlineData("    s: {OriginalFileName: x}\n    condition: s", "field OriginalFileName")]
    [InlineData("    s: {LogonId: 0x3e7}\n    condition: s", "field LogonId")]
    [InlineData("    s: {User: www-data}\n    condition: s", "field User with another value than root")]
    [InlineData("    s: {User|contains: ro}\n    condition: s", "field User with another value than root")]
    [InlineData("    s: [word, other]\n    condition: s", "keywords")]
    [InlineData("    s: {'|all': [word, other]}\n    condition: s", "keywords")]
    [InlineData("    s: {Image|cidr: 10.0.0.0/8}\n    condition: s", "operator |cidr of Image")]
    [InlineData("    s: {Image|expand: '%x%'}\n    condition: s", "operator |expand of Image")]
    [InlineData("    s: {CommandLine|lt: 5}\n    condition: s", "operator < and > of the text CommandLine")]
    [InlineData("    s: {ProcessId|contains: 5}\n    condition: s", "operator |contains of the number ProcessId")]
    [InlineData("    s: {ProcessId: many}\n    condition: s", "'many' is none")]
    [InlineData("    s: {CommandLine|wide: x}\n    condition: s", "without base64")]
    [InlineData("    s: {CommandLine|base64: 'x*'}\n    condition: s", "has wildcards")]
    [InlineData("    s: {CommandLine|re: '(?=x)'}\n    condition: s", "does not compile")]
    [InlineData("    s: {CommandLine|re: '(x'}\n    condition: s", "does not compile")]
    [InlineData("    s: {Image: /x}\n    condition: s | count() > 5", "aggregation")]
    [InlineData("    s: {Image: /x}\n    condition: 2 of s*", "operator '2 of'")]
    [InlineData("    s: {Image: /x}\n    condition: t", "there is no search 't'")]
    [InlineData("    s: {Image: /x}\n    condition: 1 of t*", "no search is of 't*'")]
    [InlineData("    s: {Image: /x}\n    condition: (s", "expected ')'")]
    [InlineData("    s: {Image: /x}\n    condition: s and", "expected the name of a search")]
    [InlineData("    s: {Image: /x}\n    condition: s s", "expected 'and', 'or' or the end")]
    [InlineData("    s: {Image: /x}\n    condition: s and not s", "", false)]
    [InlineData("    s: {Image: []}\n    condition: s", "has no values")]
    [InlineData("    s: {Image: {a: b}}\n    condition: s", "neither text nor a number")]
    [InlineData("    s: {Image: /x}", "it has no condition")]
    [InlineData("    s: {Image: /x}\n    timeframe: 5m\n    condition: s", "timeframe")]
    public void Rule_ThatLacksSomething_SaysWhat(string detection, string said, bool refused = true)
    {
        RuleImport import = ImportBench.Sigma(SigmaImportTests.Rule(detection));
        Assert.Equal(refused ? 1 : 0, import.Refused);
        Assert.True(!refused || ImportBench.Of(import, ImportRemarkKind.Refused).Any(message => message.Contains(said, StringComparison.Ordinal)), string.Join('\n', import.Remarks));
    }

    [Theory]
    [InlineData("title: A\nlogsource: {product: windows, category: process_creation}\ndetection: {s: {Image: x}, condition: s}", "log source product=windows category=process_creation")]
    [InlineData("title: A\nlogsource: {product: linux, service: auditd}\ndetection: {s: {type: x}, condition: s}", "service=auditd")]
    [InlineData("title: A\nlogsource: {product: linux, category: file_event}\ndetection: {s: {x: x}, condition: s}", "category=file_event")]
    [InlineData("title: A\ncorrelation: {type: event_count}", "kind correlation")]
    [InlineData("title: A\nlogsource: {product: linux, category: process_creation}\nfilter: {rules: any}", "kind filter")]
    [InlineData("action: global\ntitle: A", "kind action")]
    [InlineData("title: A\nstatus: unsupported\nlogsource: {product: linux, category: process_creation}\ndetection: {s: {Image: x}, condition: s}", "status unsupported")]
    [InlineData("title: A\nlogsource: {product: linux, category: process_creation}", "no detection")]
    [InlineData("just text", "is a map")]
    public void Document_OfAnotherKind_IsNamed(string file, string said)
    {
        RuleImport import = ImportBench.Sigma(file);
        Assert.Contains(said, Assert.Single(ImportBench.Of(import, ImportRemarkKind.Refused)), StringComparison.Ordinal);
    }

    [Fact]
    public void UnusedSearch_WithAFieldThatIsNotHere_DoesNotMatter() =>
        Assert.Single(ImportBench.Sigma(SigmaImportTests.Rule("    s: {Image: /x}\n    t: {LogonId: 1}\n    condition: s")).Rules);

    [Fact]
    public void File_WrittenToHarm_EndsWithAReason()
    {
        Refused("levels", "    s: {Image: /x}\n    condition: " + new string('(', 30_000) + "s" + new string(')', 30_000));
        Refused("characters", "    s: {Image: /x}\n    condition: " + string.Join(" or ", Enumerable.Repeat("s", 60_000)));
        Refused("parts", "    s: {Image|contains: [" + string.Join(',', Enumerable.Range(0, 1000).Select(i => "v" + i)) + "]}\n    condition: " + string.Join(" or ", Enumerable.Repeat("s", 15_000)));
        Refused("parts", "    a: &a [x" + string.Concat(Enumerable.Repeat(",x", 900)) + "]\n    s: {Image|contains: [" + string.Join(',', Enumerable.Repeat("*a", 900)) + "]}\n    condition: s");
        Refused("parts", "    s: {Image|contains: [" + string.Join(',', Enumerable.Range(0, 25_000).Select(i => "value" + i)) + "]}\n    condition: s");
        Refused("does not compile", "    s: {Image|contains: [" + string.Join(',', Enumerable.Range(0, 15_000).Select(i => "value" + i)) + "]}\n    condition: s");
        Assert.Contains("levels", Assert.Single(ImportBench.Of(ImportBench.Sigma(new string('[', 100_000)), ImportRemarkKind.Refused)), StringComparison.Ordinal);
    }

    [Fact]
    public void RegularExpression_ThatWouldTakeForEver_TakesNoTime()
    {
        using Bench bench = ImportBench.Engine(ImportBench.Sigma(SigmaImportTests.Rule("    s: {CommandLine|re: '(a+)+$|(x|xx)*y(x|xx)*z'}\n    condition: s")));
        var time = Stopwatch.StartNew();
        bench.Exec("/bin/x", [new string('a', 3000) + "!"]);
        Assert.Empty(bench.Taken());
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(5), time.Elapsed.ToString());
    }

    [Fact]
    public void File_ChangedAtRandom_IsReadOrNamedAndNothingElse() => Prop.ForAll(
        ArbMap.Default.ArbFor<(ushort At, byte Length, string Text)[]>(),
        changes =>
        {
            RuleImport import = ImportBench.Sigma(ImportBench.Changed(Whole, changes));
            return import.Rules.Count <= import.Read;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static readonly string Whole = SigmaImportTests.Rule("""
            a:
                Image|endswith: ['/x', '*y?\\*']
                CommandLine|windash|contains|all: [' -o ', "b"]
            b_1: {CommandLine|wide|base64offset|contains: secret, User: root, ProcessId|gt: 5}
            b_2: [{CommandLine|re|i: '^(a|b)+$'}, {Image|fieldref: ParentImage, CurrentDirectory: null}]
            condition: (a or not 1 of b_*) and all of them
        """);

    private static void Refused(string said, string detection)
    {
        RuleImport import = ImportBench.Sigma(SigmaImportTests.Rule(detection), SigmaImportTests.Rule("    s: {Image: /x}\n    condition: s", "Good"));
        Assert.Equal("Good", Assert.Single(import.Rules).Name);
        Assert.Contains(said, Assert.Single(ImportBench.Of(import, ImportRemarkKind.Refused)), StringComparison.Ordinal);
    }
}
