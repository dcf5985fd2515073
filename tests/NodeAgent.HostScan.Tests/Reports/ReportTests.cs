// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Tests.Checks;

namespace NodeAgent.HostScan.Tests.Reports;

public sealed class ReportTests
{
    private readonly CheckReport _report = HostileReport.Create();

    [Fact]
    public void Of_Results_AreOrderedAndCounted()
    {
        CheckReport report = CheckReport.Of(
            TestDocuments.SysctlScan(),
            TestDocuments.Engine(
                TestDocuments.File("    pass: 'true'", "A", "a"), TestDocuments.File("    pass: 'false'", "B", "b").Replace("high", "low", StringComparison.Ordinal),
                TestDocuments.File("    pass: 'false'", "C", "c").Replace("high", "critical", StringComparison.Ordinal), TestDocuments.File("    pass: sysctl.no", "D", "d"),
                TestDocuments.File("    applies: 'false'\n    pass: 'true'", "E", "e")),
            CheckExceptions.None, null, DateTimeOffset.UnixEpoch, default);

        Assert.Equal("C,B,D,A,E", string.Join(',', report.Results.Select(result => result.Check.Id)));
        Assert.Equal((2, 1, 1, 1), (report.Count(CheckOutcome.Fail), report.Count(CheckOutcome.Pass), report.Count(CheckOutcome.Unknown), report.Failed(CheckSeverity.Critical)));
        Assert.Equal(7 * 100 / 18, report.Score);
        Assert.Null(CheckReport.Of(TestDocuments.SysctlScan(), TestDocuments.Engine(), CheckExceptions.None, null, DateTimeOffset.UnixEpoch, default).Score);
    }

    [Fact]
    public void Json_Report_HoldsAllAndDocumentsOnlyWhenAsked()
    {
        JsonObject json = JsonNode.Parse(JsonReport.Of(_report, withDocuments: false).ToJsonString())!.AsObject();

        Assert.Equal(4 * 100 / 15, (int)json["score"]!);
        Assert.Equal("""{"fail":2,"unknown":1,"excepted":1,"pass":1,"not-applicable":1}""", json["outcomes"]!.ToJsonString());
        Assert.Equal(7, (int)json["checks"]![0]!["evidence"]![0]!["line"]!);
        Assert.Equal("2027-01-31", (string?)json["checks"]![3]!["exception"]!["expires"]);
        Assert.False(json["sensors"]![0]!.AsObject().ContainsKey("spec"));
        Assert.Equal(1, (int)JsonReport.Of(_report, withDocuments: true)["sensors"]![0]!["spec"]!["a"]!);
    }

    [Fact]
    public void Sarif_Report_HasTheFormOfTheStandard()
    {
        JsonNode run = JsonNode.Parse(SarifReport.Of(_report, "1.2.3").ToJsonString())!["runs"]![0]!;
        JsonArray results = run["results"]!.AsArray();

        Assert.Equal("fail:error fail:note open:none fail:error pass:none notApplicable:none", string.Join(' ', results.Select(result => $"{result!["kind"]}:{result["level"]}")));
        JsonArray rules = run["tool"]!["driver"]!["rules"]!.AsArray();
        Assert.All(results, result => Assert.Equal((string?)result!["ruleId"], (string?)rules[(int)result["ruleIndex"]!]!["id"]));
        Assert.Equal(rules.Count, rules.Select(rule => (string?)rule!["id"]).Distinct().Count());
        JsonArray places = results[0]!["locations"]!.AsArray();
        string uri = (string)places[0]!["physicalLocation"]!["artifactLocation"]!["uri"]!;
        Assert.True(Uri.TryCreate(new Uri("file:///"), uri, out Uri? place) && Uri.IsWellFormedUriString(uri, UriKind.Relative) && place.IsFile);
        Assert.StartsWith("etc/a%20b/%1B%5B2J", uri, StringComparison.Ordinal);
        Assert.Equal(7, (int)places[0]!["physicalLocation"]!["region"]!["startLine"]!);
        Assert.Equal("command line", (string?)places[1]!["logicalLocations"]![0]!["fullyQualifiedName"]);
        Assert.Equal("known & accepted (until 2027-01-31)", (string?)results[3]!["suppressions"]![0]!["justification"]);
        Assert.DoesNotContain('\u001b', (string)results[0]!["message"]!["text"]!);
        Assert.Equal(2, run["invocations"]![0]!["toolConfigurationNotifications"]!.AsArray().Count + run["invocations"]![0]!["toolExecutionNotifications"]!.AsArray().Count);
    }

    [Fact]
    public void Sarif_Report_HasNoFaultOfForm() => Assert.Empty(SarifForm.Faults(Parsed(SarifReport.Of(_report, "1.2.3").ToJsonString())));

    // The form itself finds what is wrong, or it would find nothing in a report either.
    [Theory]
    [InlineData("\"version\":\"2.1.0\"", "\"version\":\"2.0.0\"", "$.version: ")]
    [InlineData("\"name\":\"node-agent\"", "\"title\":\"node-agent\"", "$.runs[0].tool.driver: name is missing")]
    [InlineData("\"startLine\":7", "\"startLine\":0", ".region.startLine: 0 is no line")]
    [InlineData("\"kind\":\"pass\",\"level\":\"none\"", "\"kind\":\"pass\",\"level\":\"note\"", ": has a level, and is no failure")]
    [InlineData("\"kind\":\"external\"", "\"kind\":\"elsewhere\"", "suppressions[0].kind: ")]
    [InlineData("\"executionSuccessful\":true,", "", ": executionSuccessful is missing")]
    [InlineData("\"automationDetails\"", "\"details\"", "$.runs[0]: details is no member of run")]
    [InlineData("\"tags\":[\"security\",", "\"tags\":[\"security\",\"security\",", ".properties: ")]
    public void SarifForm_WhatIsWrong_IsAFault(string written, string wrong, string fault)
    {
        string json = SarifReport.Of(_report, "1.2.3").ToJsonString();

        Assert.Contains(written, json, StringComparison.Ordinal);
        Assert.Contains(SarifForm.Faults(Parsed(json.Replace(written, wrong, StringComparison.Ordinal))), one => one.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Junit_Report_HasNoFaultOfForm() => Assert.Empty(JunitForm.Faults(XDocument.Parse(Text(JunitReport.Write)).Root!));

    [Theory]
    [InlineData("<testsuites>", "<testsuites name=\"x\">", "testsuites may have no name")]
    [InlineData(" id=\"1\"", "", "testsuite has no id")]
    [InlineData("<system-out />", "", "testsuite must have one system-out")]
    [InlineData(" tests=\"4\"", " tests=\"many\"", "testsuite tests may not be 'many'")]
    [InlineData("<testcase classname=\"test\" name=", "<testcase classname=\"test\" title=", "testcase has no name")]
    [InlineData("<skipped>", "<left-out /><skipped>", "testcase may have no left-out there")]
    [InlineData("<skipped>", "<failure /><skipped>", "testcase may have no skipped there")]
    [InlineData("<skipped>", "<skipped message=\"x\">", "skipped may have no message")]
    [InlineData("timestamp=\"1970-01-01T00:00:00\"", "timestamp=\"1970-01-01T00:00:00Z\"", "testsuite timestamp may not be")]
    public void JunitForm_WhatIsWrong_IsAFault(string written, string wrong, string fault)
    {
        string xml = Text(JunitReport.Write);

        Assert.Contains(written, xml, StringComparison.Ordinal);
        Assert.Contains(JunitForm.Faults(XDocument.Parse(xml.Replace(written, wrong, StringComparison.Ordinal)).Root!), one => one.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void Junit_Report_IsXmlWithItsCounts()
    {
        XElement root = XDocument.Parse(Text(JunitReport.Write)).Root!;

        Assert.Equal((6, 2, 0), (Sum("tests"), Sum("failures"), Sum("errors")));
        Assert.Equal(["other", "test"], root.Elements("testsuite").Select(suite => Value(suite, "name")));
        foreach (XElement suite in root.Elements("testsuite"))
        {
            Assert.Equal(Value(suite, "tests"), $"{suite.Elements("testcase").Count()}");
            Assert.Equal(Value(suite, "failures"), $"{suite.Descendants("failure").Count()}");
            Assert.Equal(Value(suite, "skipped"), $"{suite.Descendants("skipped").Count()}");
            Assert.True(DateTime.TryParseExact(Value(suite, "timestamp"), "yyyy-MM-ddTHH:mm:ss", null, default, out _));
        }

        int Sum(string count) => root.Elements("testsuite").Sum(suite => int.Parse(Value(suite, count), null));
        Assert.Contains("""</script><img src=x onerror=alert(1)>"'&]]>""", root.Descendants("failure").First().Value, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', root.ToString());
        Assert.Equal("excepted: excepted until 2027-01-31: known & accepted", root.Descendants("skipped").Select(one => one.Value).Single(text => text.StartsWith("excepted", StringComparison.Ordinal)));
    }

    // A browser would repair what is not well-formed; here each thing that is opened has to be closed, and only what the report writes is opened.
    [Fact]
    public void Html_Report_HoldsNothingOfTheHostAsMarkup()
    {
        string html = Text(HtmlReport.Write);
        string[] tags = [.. Regex.Matches(html, "<(/?[a-zA-Z!][a-zA-Z0-9]*)").Select(match => match.Groups[1].Value)];

        Assert.Subset(
            new HashSet<string>(StringComparer.Ordinal)
            {
                "!DOCTYPE", "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "span", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "code", "div", "ul", "li",
            },
            tags.Select(tag => tag.TrimStart('/')).ToHashSet(StringComparer.Ordinal));
        foreach (IGrouping<string, string> tag in tags.Where(tag => tag is not ("meta" or "!DOCTYPE")).GroupBy(tag => tag.TrimStart('/')))
        {
            Assert.Equal(tag.Count(one => one[0] == '/'), tag.Count(one => one[0] != '/'));
        }

        Assert.DoesNotContain('\u001b', html);
        Assert.DoesNotContain('\u202e', html);
        Assert.DoesNotMatch("(?i)(src|href)=", html.Replace("&lt;img src=x", string.Empty, StringComparison.Ordinal));
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        Assert.Contains("\\x1B[2J&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_OfTheSame_AreTheSame()
    {
        Assert.Equal(Text(JunitReport.Write), Text(JunitReport.Write));
        Assert.Equal(Text(HtmlReport.Write), Text(HtmlReport.Write));
        Assert.Equal(JsonReport.Of(_report, true).ToJsonString(), JsonReport.Of(HostileReport.Create(), true).ToJsonString());
        Assert.Throws<XmlException>(() => XmlConvert.VerifyXmlChars(HostileReport.Hostile));
        Assert.NotNull(JsonSerializer.Deserialize<JsonElement>(SarifReport.Of(_report, "1").ToJsonString()).GetProperty("$schema").GetString());
    }

    private static JsonElement Parsed(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private static string Value(XElement element, string name) => element.Attribute(name)!.Value;

    private string Text(Action<TextWriter, CheckReport> write)
    {
        using var text = new StringWriter { NewLine = "\n" };
        write(text, _report);
        return text.ToString();
    }
}
