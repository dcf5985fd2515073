// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using NodeAgent.HostScan.Checks;

namespace NodeAgent.HostScan.Reports;

/// <summary>A report as one file for a browser: it loads nothing and runs nothing, and says so to the browser.</summary>
public static class HtmlReport
{
    private const string Style = """
        body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1b1f24;background:#fff}
        h1{font-size:1.5rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #d8dee4}
        code{font:13px ui-monospace,monospace;overflow-wrap:anywhere}.score{font-size:2.5rem;font-weight:700}.muted{color:#57606a}
        .fail{color:#b42318;font-weight:600}.unknown,.excepted{color:#8a5a00;font-weight:600}.pass{color:#1a7f37;font-weight:600}.not-applicable{color:#57606a}
        details{margin:.2rem 0}summary{cursor:pointer}
        @media (prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}td,th{border-color:#30363d}.fail{color:#ff7b72}.pass{color:#56d364}.unknown,.excepted{color:#e3b341}.muted,.not-applicable{color:#9198a1}}
        """;

    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static void Write(TextWriter to, CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(report);
        var html = new StringBuilder();
        string node = Text(report.Scan.Node);
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width\">")
            .Append($"<title>Host scan of {node}</title><style>{Style}</style></head><body>\n<h1>Host scan of {node}</h1>\n");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"score\">{(report.Score is { } score ? $"{score} of 100" : "no score")}</p>\n<p>");
        html.AppendJoin(" · ", CheckOutcomes.All.Select(outcome => $"<span class=\"{outcome.Word()}\">{report.Count(outcome)} {outcome.Word()}</span>"));
        html.Append(CultureInfo.InvariantCulture, $"</p>\n<p class=\"muted\">{ReportText.Time(report.Scan.Time)}, {report.Scan.Took.TotalSeconds:0.0} s. {Text(CheckReport.ScoreText)}</p>\n");
        html.Append("<table><thead><tr><th>Outcome</th><th>Severity</th><th>Check</th><th>Found</th></tr></thead><tbody>\n");
        foreach (CheckResult result in report.Results)
        {
            Row(html, result);
        }

        html.Append("</tbody></table>\n");
        List(html, "Exceptions that have run out", [.. report.Expired.Select(ReportText.Expired)]);
        List(html, "What could not be read", [.. report.Scan.Documents.Where(document => document.Error is not null).Select(document => $"{document.Kind}: {document.Error}")]);
        List(html, "What is wrong with files of checks and exceptions", [.. report.Issues.Select(issue => issue.ToString())]);
        html.Append("</body></html>\n");
        to.Write(html.ToString());
    }

    private static void Row(StringBuilder html, CheckResult result)
    {
        CheckDefinition check = result.Check;
        html.Append($"<tr><td class=\"{result.Outcome.Word()}\">{result.Outcome.Word()}</td><td>{check.Severity.Word()}</td>")
            .Append($"<td><details><summary>{Text(check.Title)} <code class=\"muted\">{Text(check.Id)}</code></summary><p>{Text(check.Rationale)}</p><p>What mends it: {Text(check.Remediation)}</p>");
        if (check.References.Count > 0)
        {
            html.Append($"<p class=\"muted\">{Text(string.Join(", ", check.References))}</p>");
        }

        html.Append("</details></td><td>");
        string reason = ReportText.Reason(result);
        if (reason.Length > 0)
        {
            html.Append($"<div>{Text(reason)}</div>");
        }

        foreach (EvidenceRow row in result.Evidence)
        {
            html.Append($"<div><code>{Text(row.Found)}</code> <span class=\"muted\">{(row.Place.Length == 0 ? string.Empty : Text(row.Place) + ", ")}wanted {Text(row.Wanted)}</span></div>");
        }

        html.Append("</td></tr>\n");
    }

    private static void List(StringBuilder html, string head, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            html.Append($"<h2>{head}</h2><ul>").AppendJoin(string.Empty, lines.Select(line => $"<li>{Text(line)}</li>")).Append("</ul>\n");
        }
    }

    // Control characters first: they have no right form in HTML, and those that turn the direction of writing would hide text.
    private static string Text(string text) => Encoder.Encode(ReportText.Safe(text));
}
