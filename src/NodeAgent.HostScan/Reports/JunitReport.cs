// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Xml;
using NodeAgent.HostScan.Checks;

namespace NodeAgent.HostScan.Reports;

/// <summary>A report for build servers: a suite for each set of checks. Source: the schema that Jenkins' reader of JUnit files accepts.</summary>
public static class JunitReport
{
    public static void Write(TextWriter to, CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        using var xml = XmlWriter.Create(to, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = false, CloseOutput = false });
        IGrouping<CheckSet, CheckResult>[] sets = [.. report.Results.GroupBy(result => result.Check.Set).OrderBy(set => set.Key.Id, StringComparer.Ordinal)];
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", "host-scan " + report.Scan.Node);
        Counts(xml, report.Results);
        Attribute(xml, "time", report.Scan.Took.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        foreach (IGrouping<CheckSet, CheckResult> set in sets)
        {
            xml.WriteStartElement("testsuite");
            Attribute(xml, "name", set.Key.Id);
            Attribute(xml, "hostname", report.Scan.Node);
            Counts(xml, [.. set]);
            Attribute(xml, "skipped", set.Count(result => result.Outcome is not (CheckOutcome.Fail or CheckOutcome.Pass)).ToString(CultureInfo.InvariantCulture));
            Attribute(xml, "time", "0");
            Attribute(xml, "timestamp", report.Scan.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
            foreach (CheckResult result in set)
            {
                Case(xml, result);
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.Flush();
        to.Write('\n');
    }

    private static void Case(XmlWriter xml, CheckResult result)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", result.Check.Set.Id);
        Attribute(xml, "name", $"{result.Check.Id} {result.Check.Title}");
        Attribute(xml, "time", "0");
        if (result.Outcome == CheckOutcome.Fail)
        {
            xml.WriteStartElement("failure");
            Attribute(xml, "type", result.Check.Severity.Word());
            Attribute(xml, "message", result.Evidence.Count == 0 ? result.Check.Title : ReportText.Line(result.Evidence[0]));
            string[] lines = [.. result.Evidence.Select(ReportText.Line), "Why: " + result.Check.Rationale, "What mends it: " + result.Check.Remediation];
            xml.WriteString(string.Concat(lines.Select(line => Clean(line) + "\n")));
            xml.WriteEndElement();
        }
        else if (result.Outcome != CheckOutcome.Pass)
        {
            xml.WriteStartElement("skipped");
            string reason = ReportText.Reason(result);
            Attribute(xml, "message", reason.Length == 0 ? result.Outcome.Word() : $"{result.Outcome.Word()}: {reason}");
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Counts(XmlWriter xml, IReadOnlyList<CheckResult> results)
    {
        Attribute(xml, "tests", results.Count.ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "failures", results.Count(result => result.Outcome == CheckOutcome.Fail).ToString(CultureInfo.InvariantCulture));
        Attribute(xml, "errors", "0");
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Clean(value));

    // XML has no form at all for some characters, whatever a host's file holds.
    private static string Clean(string text)
    {
        string safe = ReportText.Safe(text);
        var clean = new StringBuilder(safe.Length);
        for (int i = 0; i < safe.Length; i++)
        {
            if (char.IsHighSurrogate(safe[i]) && i + 1 < safe.Length && char.IsLowSurrogate(safe[i + 1]))
            {
                clean.Append(safe, i++, 2);
            }
            else
            {
                clean.Append(XmlConvert.IsXmlChar(safe[i]) ? safe[i] : '\ufffd');
            }
        }

        return clean.ToString();
    }
}
