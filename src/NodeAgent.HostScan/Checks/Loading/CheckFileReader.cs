// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace NodeAgent.HostScan.Checks.Loading;

/// <summary>Reads a file of checks.</summary>
/// <remarks>Errors: said with file and line; a check that is not right is left out, and the others are read.</remarks>
internal static class CheckFileReader
{
    /// <summary>Of one file.</summary>
    public const int MaxChecks = 1000;

    private const int MaxEvidence = 20;

    public static IReadOnlyList<CheckDefinition> Read(string file, string text, List<CheckIssue> issues)
    {
        var checks = new List<CheckDefinition>();
        if (YamlRoot.Parse(file, text, issues) is not { } root || YamlFields.Of(file, root, "a file of checks", issues) is not { } fields)
        {
            return checks;
        }

        var set = new CheckSet(fields.Text("id"), fields.Text("name"), file);
        CheckId(fields, set.Id);
        IReadOnlyList<YamlNode> items = fields.Items("checks", MaxChecks);
        if (items.Count == 0)
        {
            fields.Say("checks is missing or empty");
        }

        foreach (YamlNode item in items)
        {
            if (YamlFields.Of(file, item, "a check", issues) is { } check && ReadOne(check, set, file, issues) is { } read)
            {
                checks.Add(read);
            }
        }

        fields.End();
        return checks;
    }

    private static CheckDefinition? ReadOne(YamlFields fields, CheckSet set, string file, List<CheckIssue> issues)
    {
        string id = fields.Text("id");
        CheckId(fields, id);
        string severityText = fields.Text("severity");
        if (!CheckSeverities.TryParse(severityText, out CheckSeverity severity) && severityText.Length > 0)
        {
            fields.Say($"severity '{severityText}' is none of critical, high, medium, low");
        }

        bool evidenceIsRight = true;
        var evidence = new List<EvidenceDefinition>();
        foreach (YamlNode item in fields.Items("evidence", MaxEvidence))
        {
            EvidenceDefinition? read = YamlFields.Of(file, item, "an entry of evidence", issues) is { } row ? ReadEvidence(row) : null;
            evidenceIsRight &= read is not null;
            evidence.AddRange(read is null ? [] : [read]);
        }

        string title = fields.Text("title");
        string rationale = fields.Text("rationale");
        CheckExpression? applies = fields.Expression("applies", isRequired: false);
        CheckExpression? pass = fields.Expression("pass", isRequired: true);
        string remediation = fields.Text("remediation");
        IReadOnlyList<string> references = fields.Texts("references");
        fields.End();
        return fields.IsFaulty || !evidenceIsRight
            ? null
            : new CheckDefinition(id, title, rationale, severity, applies, pass!, evidence, remediation) { Set = set, References = references, Line = fields.Line };
    }

    private static EvidenceDefinition? ReadEvidence(YamlFields fields)
    {
        CheckExpression? found = fields.Expression("found", isRequired: true);
        string wanted = fields.Text("wanted");
        fields.End();
        return fields.IsFaulty ? null : new EvidenceDefinition(found!, wanted);
    }

    // Ids become keys of objects and of reports, and are typed on command lines.
    private static void CheckId(YamlFields fields, string id)
    {
        if (id.Length > 63 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
        {
            fields.Say($"id '{id}' must be at most 63 letters, digits, '-', '.' and '_'");
        }
    }
}
