// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Reports;
using NodeAgent.HostScan.Tests.Checks;

namespace NodeAgent.HostScan.Tests.Reports;

/// <summary>A report with each outcome, of a host that writes what it should not.</summary>
internal static class HostileReport
{
    public const string Hostile = "\u001b[2J</script><img src=x onerror=alert(1)>\"'&]]>\u202e\ud800\u0000\uffff\n##vso[x]";

    public static CheckReport Create()
    {
        CheckSet set = new("test", "Tests", "t.yaml");
        var exception = new CheckException(["T-4"], [], "known & accepted", DateTimeOffset.Parse("2027-01-31T00:00:00Z", CultureInfo.InvariantCulture)) { File = "e.yaml", Line = 3 };
        CheckResult[] results =
        [
            Result(set, "T-1", CheckSeverity.Critical, CheckOutcome.Fail, null, [
                new EvidenceRow("/etc/a b/" + Hostile, 7, Hostile, "none"), new EvidenceRow("command line", null, "x", "y"), new EvidenceRow("/etc/plain", null, "x", "y")]),
            Result(set, "T-2", CheckSeverity.Low, CheckOutcome.Fail, null, []),
            Result(set, "T-3", CheckSeverity.High, CheckOutcome.Unknown, "no such key " + Hostile, []),
            Result(set, "T-4", CheckSeverity.High, CheckOutcome.Excepted, null, [new EvidenceRow(null, null, "f", "w")]) with { Exception = exception },
            Result(set with { Id = "other" }, "O-1", CheckSeverity.Medium, CheckOutcome.Pass, null, [new EvidenceRow("/etc/x", 1, "1", "1")]),
            Result(set with { Id = "other" }, "O-2", CheckSeverity.Medium, CheckOutcome.NotApplicable, null, []),
        ];
        return new CheckReport(
            TestDocuments.Scan(TestDocuments.Document("Good", "sysctl", """{ "a": 1 }"""), TestDocuments.Document("Bad", "kubelet", null, "may not be read " + Hostile)),
            results,
            [new CheckIssue("own.yaml", 4, "wrong " + Hostile)],
            [exception with { Reason = "old " + Hostile }]);
    }

    private static CheckResult Result(CheckSet set, string id, CheckSeverity severity, CheckOutcome outcome, string? message, EvidenceRow[] evidence) => new(
        new CheckDefinition(id, "Title of " + id, "Why <so>", severity, null, new CheckExpression("true", 1), [], "Do & be done") { Set = set, Line = 1, References = ["CIS 1.2.3"] },
        outcome, message, evidence);
}
