// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Reports;

namespace NodeAgent.HostScanning;

/// <summary>Results of checks in the form in which posture scanners store theirs.</summary>
internal static class NodeConfigurationScan
{
    /// <param name="node">Shape: a name that objects may have.</param>
    public static (WorkloadConfigurationScan Scan, WorkloadConfigurationScanSummary Summary) Of(CheckReport report, string objectNamespace, string node)
    {
        var controls = new SortedDictionary<string, ScannedControl>(StringComparer.Ordinal);
        var brief = new SortedDictionary<string, ScannedControlSummary>(StringComparer.Ordinal);
        foreach (CheckResult result in report.Results)
        {
            ScannedControl control = Control(result);
            controls[result.Check.Id] = control;
            brief[result.Check.Id] = new ScannedControlSummary { ControlID = control.ControlID, Severity = control.Severity, Status = control.Status };
        }

        ObjectMeta metadata = Metadata(objectNamespace, node);
        var scan = new WorkloadConfigurationScan
        {
            Metadata = metadata,
            Spec = new WorkloadConfigurationScanSpec { Controls = controls, RelatedObjects = [new ScannedObject { ApiVersion = "v1", Kind = "Node", Name = node }] },
        };
        var summary = new WorkloadConfigurationScanSummary
        {
            Metadata = metadata,
            Spec = new WorkloadConfigurationScanSummarySpec
            {
                Controls = brief,
                Severities = new ControlSeverities
                {
                    Critical = report.Failed(CheckSeverity.Critical),
                    High = report.Failed(CheckSeverity.High),
                    Medium = report.Failed(CheckSeverity.Medium),
                    Low = report.Failed(CheckSeverity.Low),
                },
            },
        };
        return (scan, summary);
    }

    private static ObjectMeta Metadata(string objectNamespace, string node)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal) { [KubescapeLabels.ApiVersion] = "v1", [KubescapeLabels.Kind] = "Node" };
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [KubescapeAnnotations.Node] = node };

        // A name that was cut would be that of a node which is not there, and the object would be collected.
        (LabelValue.Sanitize(node) == node ? labels : annotations)[KubescapeLabels.Name] = node;
        return new ObjectMeta { Name = "node-" + node, Namespace = objectNamespace, Labels = labels, Annotations = annotations };
    }

    private static ScannedControl Control(CheckResult result) => new()
    {
        ControlID = result.Check.Id,
        Name = result.Check.Title,
        Severity = new ControlSeverity { Severity = Capital(result.Check.Severity.Word()), ScoreFactor = result.Check.Severity.Weight() },
        Status = new ControlStatus { Status = Status(result.Outcome), SubStatus = SubStatus(result.Outcome), Info = ReportText.Reason(result) is { Length: > 0 } info ? info : null },
        Rules =
        [
            new ScannedRule
            {
                Name = result.Check.Set.Id,
                Status = new ScannedRuleStatus { Status = Status(result.Outcome), SubStatus = SubStatus(result.Outcome) },
                Paths = result.Outcome is CheckOutcome.Fail or CheckOutcome.Excepted
                    ? [.. result.Evidence.Select(row => new ScannedPath { FailedPath = row.Place.Length == 0 ? row.Found : $"{row.Place}: {row.Found}", FixPathValue = row.Wanted, FixCommand = result.Check.Remediation })]
                    : null,
            },
        ],
    };

    private static string Status(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Pass or CheckOutcome.Excepted => "passed",
        CheckOutcome.Fail => "failed",
        _ => "skipped",
    };

    // Source: opa-utils apis/statuses.go names these of Kubescape's: w/exceptions, irrelevant, notEvaluated.
    private static string? SubStatus(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Excepted => "w/exceptions",
        CheckOutcome.NotApplicable => "irrelevant",
        CheckOutcome.Unknown => "notEvaluated",
        _ => null,
    };

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
