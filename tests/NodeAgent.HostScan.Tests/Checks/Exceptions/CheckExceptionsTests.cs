// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.HostScan.Checks;
using NodeAgent.HostScan.Checks.Exceptions;
using NodeAgent.HostScan.Reports;

namespace NodeAgent.HostScan.Tests.Checks.Exceptions;

public sealed class CheckExceptionsTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.Parse("2026-06-15T12:00:00Z", CultureInfo.InvariantCulture);
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("node-agent-exceptions-").FullName, "e.yaml");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Theory]
    [InlineData("T-1", "", "2026-06-16", CheckOutcome.Excepted)]
    [InlineData("test", "", "2026-06-15T12:00:01Z", CheckOutcome.Excepted)]
    [InlineData("test", "", "2026-06-15T14:00:01+02:00", CheckOutcome.Excepted)]
    [InlineData("T-1", "", "2026-06-15", CheckOutcome.Fail)]
    [InlineData("T-1", "", "2026-06-15T12:00:00Z", CheckOutcome.Fail)]
    [InlineData("T-1", "node-*", "2026-06-16", CheckOutcome.Excepted)]
    [InlineData("T-1", "master-*, node-1", "2026-06-16", CheckOutcome.Excepted)]
    [InlineData("T-1", "NODE-1", "2026-06-16", CheckOutcome.Fail)]
    [InlineData("T-1", "node", "2026-06-16", CheckOutcome.Fail)]
    [InlineData("T-2", "", "2026-06-16", CheckOutcome.Fail)]
    public void Apply_Failure_IsExceptedWhereAndWhileItHolds(string check, string nodes, string expires, CheckOutcome outcome)
    {
        CheckReport report = Report($"exceptions:\n  - checks: [{check}]\n    nodes: [{nodes}]\n    reason: we know\n    expires: {expires}\n", "    pass: 'false'");

        Assert.Empty(report.Issues);
        CheckResult result = Assert.Single(report.Results);
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(outcome == CheckOutcome.Excepted ? "we know" : null, result.Exception?.Reason);
        Assert.Equal(outcome == CheckOutcome.Excepted ? null : 0, report.Score);
    }

    [Theory]
    [InlineData("{zone: a}", "zone=a,pool=edge-1", CheckOutcome.Excepted)]
    [InlineData("{zone: a, pool: edge-*}", "zone=a,pool=edge-1", CheckOutcome.Excepted)]
    [InlineData("{node-role.kubernetes.io/edge: ''}", "node-role.kubernetes.io/edge=", CheckOutcome.Excepted)]
    [InlineData("{node-role.kubernetes.io/edge: '*'}", "node-role.kubernetes.io/edge=", CheckOutcome.Excepted)]
    [InlineData("{zone: a, pool: core}", "zone=a,pool=edge-1", CheckOutcome.Fail)]
    [InlineData("{zone: a}", "zone=b", CheckOutcome.Fail)]
    [InlineData("{zone: a}", null, CheckOutcome.Fail)]
    [InlineData("{}", null, CheckOutcome.Excepted)]
    public void Apply_ExceptionByLabels_HoldsOnNodesThatHaveThemAll(string wanted, string? labels, CheckOutcome outcome)
    {
        Dictionary<string, string>? known = labels?.Split(',').Select(label => label.Split('=')).ToDictionary(label => label[0], label => label[1]);
        CheckReport report = Report($"exceptions:\n  - checks: [T-1]\n    nodeLabels: {wanted}\n    reason: we know\n    expires: 2030-01-01\n", "    pass: 'false'", known);

        Assert.Empty(report.Issues);
        Assert.Equal(outcome, Assert.Single(report.Results).Outcome);
    }

    [Fact]
    public void Apply_ExceptionThatHasRunOut_IsSaid()
    {
        CheckReport report = Report("exceptions:\n  - {checks: [T-1], reason: old, expires: 2026-01-01}\n  - {checks: [T-9], reason: of nobody, expires: 2026-01-01}\n  - {checks: [T-1], nodes: [other], reason: elsewhere, expires: 2026-01-01}", "    pass: 'false'");

        Assert.Equal((CheckOutcome.Fail, "old", 2), (report.Results[0].Outcome, Assert.Single(report.Expired).Reason, report.Expired[0].Line));
    }

    [Theory]
    [InlineData("    pass: 'true'", CheckOutcome.Pass)]
    [InlineData("    pass: kubelet.nothing", CheckOutcome.Unknown)]
    public void Apply_WhatDidNotFail_StaysAsItIs(string body, CheckOutcome outcome) =>
        Assert.Equal(outcome, Assert.Single(Report("exceptions: [{checks: [T-1], reason: r, expires: 2030-01-01}]", body).Results).Outcome);

    [Theory]
    [InlineData("exceptions: [{checks: [T-1], expires: 2030-01-01}]", ":1: reason is missing")]
    [InlineData("exceptions: [{checks: [T-1], reason: r}]", ":1: expires is missing")]
    [InlineData("exceptions: [{reason: r, expires: 2030-01-01}]", ":1: checks is missing or empty")]
    [InlineData("exceptions: [{checks: [T-1], reason: r, expires: never}]", ":1: expires 'never' is no day")]
    [InlineData("exceptions: [{checks: [T-1], reason: r, expires: 2030-01-01, node: n}]", ":1: node is no member")]
    [InlineData("exceptions: [{checks: [T-1], reason: r, expires: 2030-01-01, nodeLabels: [a]}]", ":1: nodeLabels must be a mapping")]
    [InlineData("exceptions: [{checks: [T-1], reason: r, expires: 2030-01-01, nodeLabels: {a: [b]}}]", ":1: an entry of nodeLabels must be text")]
    [InlineData("exceptions: 1", ":1: exceptions must be a list")]
    public void Read_ExceptionThatIsWrong_DoesNotHold(string text, string issue)
    {
        CheckReport report = Report(text, "    pass: 'false'");

        Assert.Equal(CheckOutcome.Fail, report.Results[0].Outcome);
        Assert.StartsWith(_file + issue, Assert.Single(report.Issues).ToString(), StringComparison.Ordinal);
    }

    private CheckReport Report(string exceptions, string body, Dictionary<string, string>? labels = null)
    {
        File.WriteAllText(_file, exceptions);
        return CheckReport.Of(TestDocuments.Scan(TestDocuments.Document("KubeletInfo", "kubelet", "{}")) with { NodeLabels = labels }, TestDocuments.Engine(TestDocuments.File(body)), CheckExceptions.Read(_file), null, Now, default);
    }
}
