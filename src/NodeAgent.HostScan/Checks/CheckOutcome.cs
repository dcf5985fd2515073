// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Checks;

/// <summary>What a check came to.</summary>
public enum CheckOutcome
{
    Pass,
    Fail,

    /// <summary>It failed, and somebody has said that it may.</summary>
    Excepted,

    /// <summary>It could not be found out.</summary>
    Unknown,

    /// <summary>The host has not what the check is about.</summary>
    NotApplicable,
}

public static class CheckOutcomes
{
    private static readonly CheckOutcome[] Ordered = [CheckOutcome.Fail, CheckOutcome.Unknown, CheckOutcome.Excepted, CheckOutcome.Pass, CheckOutcome.NotApplicable];

    /// <summary>In the order of a report.</summary>
    public static IReadOnlyList<CheckOutcome> All => Ordered;

    /// <summary>Where it stands in a report.</summary>
    public static int Place(this CheckOutcome outcome) => Array.IndexOf(Ordered, outcome);

    /// <summary>Shape: <c>pass</c>, <c>fail</c>, <c>excepted</c>, <c>unknown</c>, <c>not-applicable</c>.</summary>
    public static string Word(this CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Pass => "pass",
        CheckOutcome.Fail => "fail",
        CheckOutcome.Excepted => "excepted",
        CheckOutcome.NotApplicable => "not-applicable",
        _ => "unknown",
    };
}
