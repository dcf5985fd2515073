// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Evaluation;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Reports;

/// <summary>What a scan and its checks came to. Immutable.</summary>
/// <param name="Results">Failures first, then by severity from the worst, then by id.</param>
/// <param name="Issues">What is wrong with files of checks and exceptions.</param>
/// <param name="Expired">Exceptions of this node that have run out.</param>
public sealed record CheckReport(HostScanResult Scan, IReadOnlyList<CheckResult> Results, IReadOnlyList<CheckIssue> Issues, IReadOnlyList<CheckException> Expired)
{
    /// <summary>How the score is made, for people.</summary>
    public const string ScoreText = "Score: the weight of what passes, in percent of what passes and fails (critical 10, high 7, medium 4, low 1); what is excepted, unknown or not applicable counts for nothing.";

    /// <summary>Shape: 0 to 100, rounded down, so that only a host that fails nothing has 100; null when nothing passed or failed.</summary>
    public int? Score
    {
        get
        {
            long passed = Weight(CheckOutcome.Pass);
            long all = passed + Weight(CheckOutcome.Fail);
            return all == 0 ? null : (int)(passed * 100 / all);
        }
    }

    /// <param name="isWanted">Which checks are judged by; null = all.</param>
    public static CheckReport Of(HostScanResult scan, CheckEngine engine, CheckExceptions exceptions, Func<CheckDefinition, bool>? isWanted, DateTimeOffset now, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(scan);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(exceptions);
        IReadOnlyList<CheckResult> results = exceptions.Apply(engine.Judge(scan, isWanted, stop), scan, now);
        return new CheckReport(
            scan,
            [.. results.OrderBy(result => result.Outcome.Place()).ThenByDescending(result => result.Check.Severity).ThenBy(result => result.Check.Id, StringComparer.Ordinal)],
            [.. engine.Issues, .. exceptions.Issues],
            exceptions.Expired(scan, results.Select(result => result.Check), now));
    }

    public int Count(CheckOutcome outcome) => Results.Count(result => result.Outcome == outcome);

    /// <summary>How many failed at this severity.</summary>
    public int Failed(CheckSeverity severity) => Results.Count(result => result.Outcome == CheckOutcome.Fail && result.Check.Severity == severity);

    private long Weight(CheckOutcome outcome) => Results.Where(result => result.Outcome == outcome).Sum(result => (long)result.Check.Severity.Weight());
}
