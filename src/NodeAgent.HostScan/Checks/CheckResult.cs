// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Checks.Exceptions;

namespace NodeAgent.HostScan.Checks;

/// <summary>What one check came to on one host.</summary>
/// <param name="Message">Why it is unknown; null else.</param>
public sealed record CheckResult(CheckDefinition Check, CheckOutcome Outcome, string? Message, IReadOnlyList<EvidenceRow> Evidence)
{
    /// <summary>Why a failure does not count; null = none does, or it did not fail.</summary>
    public CheckException? Exception { get; init; }
}
