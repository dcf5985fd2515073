// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Json;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.HostScan.Checks.Loading;

/// <summary>The one document of a YAML text, with the lines of its parts.</summary>
internal static class YamlRoot
{
    private const string LinePrefix = "line ";

    /// <returns>Null after it was said what is wrong.</returns>
    public static YamlNode? Parse(string file, string text, List<CheckIssue> issues)
    {
        try
        {
            // It bounds depth and aliases, before the nodes are walked here.
            if (YamlText.Parse(text) is null)
            {
                issues.Add(new CheckIssue(file, 0, "is empty"));
                return null;
            }
        }
        catch (FormatException e)
        {
            issues.Add(IssueOf(file, e.Message));
            return null;
        }

        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return stream.Documents[0].RootNode;
    }

    // Shape: line 12: what is wrong.
    private static CheckIssue IssueOf(string file, string message)
    {
        int colon = message.IndexOf(": ", StringComparison.Ordinal);
        return message.StartsWith(LinePrefix, StringComparison.Ordinal) && colon > 0 && int.TryParse(message.AsSpan(LinePrefix.Length, colon - LinePrefix.Length), out int line)
            ? new CheckIssue(file, line, message[(colon + 2)..])
            : new CheckIssue(file, 0, message);
    }
}
