// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel;
using NodeAgent.Cel.Values;
using NodeAgent.HostScan.Scanning;

namespace NodeAgent.HostScan.Checks.Evaluation;

/// <summary>The documents of one scan, before checks. Used by one thread.</summary>
internal sealed class Judgement(HostScanResult scan, CelContext context)
{
    private readonly Dictionary<string, HostDocument> _documents = scan.Documents.GroupBy(document => document.Variable).ToDictionary(group => group.Key, group => group.First());

    public CheckResult Of(CompiledCheck check)
    {
        if (check.Applies is not null)
        {
            if (!check.Applies.TryEvaluateBool(context, out bool applies))
            {
                return Unknown(check, check.Applies);
            }

            if (!applies)
            {
                // What could not be read may be there after all.
                string? unread = Unread(check, onlyMissing: true);
                return new CheckResult(check.Definition, unread is null ? CheckOutcome.NotApplicable : CheckOutcome.Unknown, unread, []);
            }
        }

        return check.Pass.TryEvaluateBool(context, out bool passes)
            ? new CheckResult(check.Definition, passes ? CheckOutcome.Pass : CheckOutcome.Fail, null, Evidence(check))
            : Unknown(check, check.Pass);
    }

    private CheckResult Unknown(CompiledCheck check, CelProgram program)
    {
        string message = program.DescribeError(context).ToString();
        return new CheckResult(check.Definition, CheckOutcome.Unknown, Unread(check, onlyMissing: false) is { } unread ? $"{message}; {unread}" : message, Evidence(check));
    }

    private string? Unread(CompiledCheck check, bool onlyMissing)
    {
        string[] errors = [.. check.Variables
            .Select(_documents.GetValueOrDefault)
            .Where(document => document?.Error is not null && (document.Spec is null || !onlyMissing))
            .Select(document => $"{document!.Kind}: {document.Error}")];
        return errors.Length == 0 ? null : EvidenceText.Cut(string.Join("; ", errors));
    }

    private List<EvidenceRow> Evidence(CompiledCheck check)
    {
        var rows = new List<EvidenceRow>();
        for (int i = 0; i < check.Evidence.Count; i++)
        {
            string wanted = check.Definition.Evidence[i].Wanted;
            if (check.Evidence[i].TryEvaluate(context, out CelValue found))
            {
                EvidenceText.Add(rows, found, wanted);
            }
            else
            {
                rows.Add(new EvidenceRow(null, null, $"unknown: {check.Evidence[i].DescribeError(context).Message}", wanted));
            }
        }

        return rows;
    }
}
