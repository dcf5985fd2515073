// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Reports;

/// <summary>A report as one JSON object.</summary>
public static class JsonReport
{
    /// <param name="withDocuments">Whether what the sensors told is in it.</param>
    public static JsonObject Of(CheckReport report, bool withDocuments)
    {
        ArgumentNullException.ThrowIfNull(report);
        var counts = new JsonObject();
        foreach (CheckOutcome outcome in CheckOutcomes.All)
        {
            counts[outcome.Word()] = report.Count(outcome);
        }

        var failed = new JsonObject();
        foreach (CheckSeverity severity in CheckSeverities.WorstFirst)
        {
            failed[severity.Word()] = report.Failed(severity);
        }

        return new JsonObject
        {
            ["node"] = report.Scan.Node,
            ["time"] = ReportText.Time(report.Scan.Time),
            ["tookMs"] = (long)report.Scan.Took.TotalMilliseconds,
            ["score"] = report.Score,
            ["outcomes"] = counts,
            ["failedBySeverity"] = failed,
            ["checks"] = Array(report.Results, Of),
            ["sensors"] = Array(report.Scan.Documents, document => Of(document, withDocuments)),
            ["problems"] = Array(report.Issues, issue => JsonValue.Create(issue.ToString())),
            ["expiredExceptions"] = Array(report.Expired, Of),
        };
    }

    private static JsonObject Of(CheckResult result) => new()
    {
        ["id"] = result.Check.Id,
        ["set"] = result.Check.Set.Id,
        ["title"] = result.Check.Title,
        ["severity"] = result.Check.Severity.Word(),
        ["outcome"] = result.Outcome.Word(),
        ["message"] = result.Message,
        ["evidence"] = Array(result.Evidence, row => new JsonObject { ["source"] = row.Source, ["line"] = row.Line, ["found"] = row.Found, ["wanted"] = row.Wanted }),
        ["exception"] = result.Exception is { } exception ? Of(exception) : null,
        ["rationale"] = result.Check.Rationale,
        ["remediation"] = result.Check.Remediation,
        ["references"] = Array(result.Check.References, text => JsonValue.Create(text)),
    };

    private static JsonObject Of(CheckException exception) => new()
    {
        ["checks"] = Array(exception.Checks, text => JsonValue.Create(text)),
        ["reason"] = exception.Reason,
        ["expires"] = ReportText.Day(exception.Expires),
        ["source"] = exception.File,
        ["line"] = exception.Line,
    };

    private static JsonObject Of(HostDocument document, bool withSpec)
    {
        var json = new JsonObject { ["kind"] = document.Kind, ["error"] = document.Error, ["tookMs"] = Math.Round(document.Took.TotalMilliseconds, 1) };
        if (withSpec)
        {
            json["spec"] = document.Spec is { } spec ? JsonNode.Parse(spec.GetRawText()) : null;
        }

        return json;
    }

    private static JsonArray Array<T>(IEnumerable<T> items, Func<T, JsonNode?> write) => new([.. items.Select(write)]);
}
