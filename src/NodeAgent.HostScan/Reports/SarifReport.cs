// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.HostScan.Checks;

namespace NodeAgent.HostScan.Reports;

/// <summary>A report for tools that gather findings of code and configuration. Source: OASIS SARIF 2.1.0.</summary>
public static class SarifReport
{
    private const string Root = "HOSTROOT";

    /// <param name="version">Of this program.</param>
    public static JsonObject Of(CheckReport report, string version)
    {
        ArgumentNullException.ThrowIfNull(report);
        CheckDefinition[] rules = [.. report.Results.Select(result => result.Check).OrderBy(check => check.Id, StringComparer.Ordinal)];
        Dictionary<string, int> places = rules.Select((rule, place) => (rule.Id, place)).ToDictionary(pair => pair.Id, pair => pair.place, StringComparer.Ordinal);
        return new JsonObject
        {
            ["$schema"] = "https://json.schemastore.org/sarif-2.1.0.json",
            ["version"] = "2.1.0",
            ["runs"] = new JsonArray(new JsonObject
            {
                ["tool"] = new JsonObject
                {
                    ["driver"] = new JsonObject { ["name"] = "node-agent", ["version"] = version, ["rules"] = Array(rules.Select(Rule)) },
                },
                ["automationDetails"] = new JsonObject { ["id"] = "host-scan/" + report.Scan.Node },
                ["invocations"] = new JsonArray(new JsonObject
                {
                    ["executionSuccessful"] = true,
                    ["startTimeUtc"] = ReportText.Time(report.Scan.Time),
                    ["endTimeUtc"] = ReportText.Time(report.Scan.Time + report.Scan.Took),
                    ["machine"] = report.Scan.Node,
                    ["toolConfigurationNotifications"] = Array(report.Issues.Select(issue => Notification(issue.ToString()))),
                    ["toolExecutionNotifications"] = Array(report.Scan.Documents.Where(document => document.Error is not null).Select(document => Notification($"{document.Kind}: {document.Error}"))),
                }),
                ["originalUriBaseIds"] = new JsonObject { [Root] = new JsonObject { ["uri"] = "file:///" } },
                ["results"] = Array(report.Results.Select(result => Result(result, report.Scan.Node, places[result.Check.Id]))),
            }),
        };
    }

    private static JsonObject Rule(CheckDefinition check) => new JsonObject
    {
        ["id"] = check.Id,
        ["shortDescription"] = Message(check.Title),
        ["fullDescription"] = Message(check.Rationale),
        ["help"] = Message(check.Remediation),
        ["defaultConfiguration"] = new JsonObject { ["level"] = Level(check.Severity) },
        ["properties"] = new JsonObject
        {
            // GitHub's scale of 0 to 10, above 9 critical, from 7 high, from 4 medium.
            ["security-severity"] = check.Severity switch { CheckSeverity.Critical => "9.5", CheckSeverity.High => "8.0", CheckSeverity.Medium => "5.5", _ => "2.0" },
            ["tags"] = new JsonArray([JsonValue.Create("security"), JsonValue.Create(check.Set.Id), .. check.References.Distinct().Where(text => text != "security" && text != check.Set.Id).Select(text => (JsonNode)JsonValue.Create(text))]),
        },
    };

    private static JsonObject Result(CheckResult result, string node, int rule)
    {
        string[] lines = [ReportText.Reason(result), .. result.Evidence.Select(ReportText.Line)];
        var json = new JsonObject
        {
            ["ruleId"] = result.Check.Id,
            ["ruleIndex"] = rule,
            ["kind"] = Kind(result.Outcome),
            ["level"] = result.Outcome is CheckOutcome.Fail or CheckOutcome.Excepted ? Level(result.Check.Severity) : "none",
            ["message"] = Message(string.Join('\n', lines.Where(line => line.Length > 0).Prepend(result.Check.Title))),
            ["locations"] = Array(result.Evidence.Select(Location).OfType<JsonObject>()),
            ["partialFingerprints"] = new JsonObject { ["nodeAndCheck/v1"] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{node}\n{result.Check.Id}"))) },
        };
        if (result.Exception is { } exception)
        {
            json["suppressions"] = new JsonArray(new JsonObject { ["kind"] = "external", ["status"] = "accepted", ["justification"] = $"{exception.Reason} (until {ReportText.Day(exception.Expires)})" });
        }

        return json;
    }

    private static JsonObject? Location(EvidenceRow row)
    {
        if (row.Source is not { Length: > 0 } source)
        {
            return null;
        }

        if (source[0] != '/')
        {
            return new JsonObject { ["logicalLocations"] = new JsonArray(new JsonObject { ["fullyQualifiedName"] = source }) };
        }

        var physical = new JsonObject
        {
            ["artifactLocation"] = new JsonObject { ["uri"] = string.Join('/', source[1..].Split('/').Select(Uri.EscapeDataString)), ["uriBaseId"] = Root },
        };
        if (row.Line is { } line)
        {
            physical["region"] = new JsonObject { ["startLine"] = line };
        }

        return new JsonObject { ["physicalLocation"] = physical };
    }

    // Where the kind is not "fail", the level has to be "none" (section 3.27.10).
    private static string Kind(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Pass => "pass",
        CheckOutcome.NotApplicable => "notApplicable",
        CheckOutcome.Unknown => "open",
        _ => "fail",
    };

    private static string Level(CheckSeverity severity) => severity switch
    {
        CheckSeverity.Critical or CheckSeverity.High => "error",
        CheckSeverity.Medium => "warning",
        _ => "note",
    };

    private static JsonObject Notification(string text) => new JsonObject { ["level"] = "warning", ["message"] = Message(text) };

    private static JsonObject Message(string text) => new() { ["text"] = ReportText.Safe(text.Replace('\n', ' ')) };

    private static JsonArray Array(IEnumerable<JsonObject> items) => new([.. items]);
}
