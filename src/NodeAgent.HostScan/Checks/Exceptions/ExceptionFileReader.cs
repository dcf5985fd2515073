// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.HostScan.Checks.Loading;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.HostScan.Checks.Exceptions;

/// <summary>Reads a file of exceptions: <c>exceptions: [{checks, nodes, nodeLabels, reason, expires}]</c>.</summary>
/// <remarks>Errors: said with file and line; an exception that is not right does not hold.</remarks>
internal static class ExceptionFileReader
{
    private const int MaxExceptions = 1000;
    private static readonly string[] Times = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ssZ", "yyyy-MM-ddTHH:mm:sszzz"];

    public static IReadOnlyList<CheckException> Read(string file, string text, List<CheckIssue> issues)
    {
        var exceptions = new List<CheckException>();
        if (YamlRoot.Parse(file, text, issues) is not { } root || YamlFields.Of(file, root, "a file of exceptions", issues) is not { } fields)
        {
            return exceptions;
        }

        foreach (YamlNode item in fields.Items("exceptions", MaxExceptions))
        {
            if (YamlFields.Of(file, item, "an exception", issues) is { } one && ReadOne(one, file) is { } read)
            {
                exceptions.Add(read);
            }
        }

        fields.End();
        return exceptions;
    }

    private static CheckException? ReadOne(YamlFields fields, string file)
    {
        IReadOnlyList<string> checks = fields.Texts("checks");
        if (checks.Count == 0)
        {
            fields.Say("checks is missing or empty");
        }

        IReadOnlyList<string> nodes = fields.Texts("nodes");
        IReadOnlyDictionary<string, string> labels = fields.Pairs("nodeLabels");
        string reason = fields.Text("reason");
        string expiry = fields.Text("expires");

        // What has no zone is UTC, so that all nodes agree on the day.
        if (!DateTimeOffset.TryParseExact(expiry, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset expires) && expiry.Length > 0)
        {
            fields.Say($"expires '{expiry}' is no day such as 2027-01-31 and no time such as 2027-01-31T12:00:00Z");
        }

        fields.End();
        return fields.IsFaulty ? null : new CheckException(checks, nodes, reason, expires) { File = file, Line = fields.Line, NodeLabels = labels };
    }
}
