// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Events.Text;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Scanning;
using Spectre.Console;

namespace NodeAgent.Cli.Output;

/// <summary>A report about a host for eyes: what failed first, with what was found, then what would mend it.</summary>
internal static class HostReportTable
{
    private static readonly string[] Heads = ["OUTCOME", "SEVERITY", "ID", "TITLE", "FOUND", "WANTED", "WHERE"];

    public static void Print(CheckReport report)
    {
        HostScanResult scan = report.Scan;
        Line(string.Create(CultureInfo.InvariantCulture, $"Host {scan.Node}, {ReportText.Time(scan.Time)}, {scan.Documents.Count} sensors, {scan.Took.TotalSeconds:0.0} s"));
        if (report.Results.Count > 0)
        {
            Console.Out.WriteLine();
            TerminalTable.Print(Heads, report.Results.SelectMany(Rows), Colour);
        }

        List("What would mend it:", report.Results.Where(result => result.Outcome == CheckOutcome.Fail).Select(result => $"{result.Check.Id}: {result.Check.Remediation}"));
        List("What could not be read:", scan.Documents.Where(document => document.Error is not null).Select(document => $"{document.Kind}: {document.Error}"));
        List("Exceptions that have run out:", report.Expired.Select(ReportText.Expired));
        Console.Out.WriteLine();
        string[] counts = [.. CheckOutcomes.All.Select(outcome => string.Create(CultureInfo.InvariantCulture, $"{report.Count(outcome)} {outcome.Word()}"))];
        string[] failed = [.. CheckSeverities.WorstFirst.Where(severity => report.Failed(severity) > 0).Select(severity => string.Create(CultureInfo.InvariantCulture, $"{report.Failed(severity)} {severity.Word()}"))];
        Line($"{string.Join(", ", counts)}{(failed.Length == 0 ? string.Empty : $"; of what fails {string.Join(", ", failed)}")}");
        Line(report.Score is { } score ? string.Create(CultureInfo.InvariantCulture, $"Score {score} of 100") : "No score: nothing passed or failed");
    }

    // One line for each thing that was found; the check is named in the first.
    private static IEnumerable<string[]> Rows(CheckResult result)
    {
        CheckDefinition check = result.Check;
        string[] first = [result.Outcome.Word(), check.Severity.Word(), check.Id, check.Title];
        string reason = ReportText.Reason(result);
        bool isShort = result.Outcome is CheckOutcome.Pass or CheckOutcome.NotApplicable;
        if (isShort || reason.Length > 0 || result.Evidence.Count == 0)
        {
            yield return [.. first, isShort ? string.Empty : reason, string.Empty, string.Empty];
            first = ["", "", "", ""];
        }

        foreach (EvidenceRow row in isShort ? [] : result.Evidence)
        {
            yield return [.. first, row.Found, row.Wanted, row.Place];
            first = ["", "", "", ""];
        }
    }

    private static Color? Colour(string head, string cell) => (head, cell) switch
    {
        ("OUTCOME", "fail") or ("SEVERITY", "critical" or "high") => Color.Red,
        ("OUTCOME", "unknown" or "excepted") or ("SEVERITY", "medium") => Color.Yellow,
        ("OUTCOME", "pass") => Color.Green,
        _ => null,
    };

    private static void List(string head, IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        if (all.Length == 0)
        {
            return;
        }

        Console.Out.WriteLine();
        Console.Out.WriteLine(head);
        foreach (string line in all)
        {
            Line("  " + line);
        }
    }

    private static void Line(string text) => Console.Out.WriteLine(TerminalText.Escape(text));
}
