// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Xml;
using NodeAgent.HostScan.Checks;

namespace NodeAgent.HostScan.Reports;

/// <summary>A report for build servers: a suite for each set of checks.</summary>
/// <remarks>Nobody owns the form. What is written fits both schemas that are in use: that of Ant's task, which asks for much, and that of Jenkins' readers, which allow little else.</remarks>
public static class JunitReport
{
    public static void Write(TextWriter to, CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        using var xml = XmlWriter.Create(to, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = false, CloseOutput = false });
        xml.WriteStartElement("testsuites");
        int number = 0;
        foreach (IGrouping<CheckSet, CheckResult> set in report.Results.GroupBy(result => result.Check.Set).OrderBy(set => set.Key.Id, StringComparer.Ordinal))
        {
            Suite(xml, report, set.Key, [.. set], number++);
        }

        xml.WriteEndElement();
        xml.Flush();
        to.Write('\n');
    }

    private static void Suite(XmlWriter xml, CheckReport report, CheckSet set, IReadOnlyList<CheckResult> results, int number)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", set.Id);
        Attribute(xml, "package", "host-scan");
        Attribute(xml, "id", number);
        Attribute(xml, "hostname", report.Scan.Node);
        Attribute(xml, "timestamp", report.Scan.Time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        Attribute(xml, "tests", results.Count);
        Attribute(xml, "failures", results.Count(result => result.Outcome == CheckOutcome.Fail));
        Attribute(xml, "errors", 0);
        Attribute(xml, "skipped", results.Count(result => result.Outcome is not (CheckOutcome.Fail or CheckOutcome.Pass)));
        Attribute(xml, "time", 0);
        xml.WriteStartElement("properties");
        Property(xml, "set", set.Name);
        xml.WriteEndElement();
        foreach (CheckResult result in results)
        {
            Case(xml, result);
        }

        xml.WriteElementString("system-out", string.Empty);
        xml.WriteElementString("system-err", string.Empty);
        xml.WriteEndElement();
    }

    private static void Property(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("property");
        Attribute(xml, "name", name);
        Attribute(xml, "value", value);
        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, CheckResult result)
    {
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", result.Check.Set.Id);
        Attribute(xml, "name", $"{result.Check.Id} {result.Check.Title}");
        Attribute(xml, "time", 0);
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
            xml.WriteString(Clean(reason.Length == 0 ? result.Outcome.Word() : $"{result.Outcome.Word()}: {reason}"));
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, int value) => Attribute(xml, name, value.ToString(CultureInfo.InvariantCulture));

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
