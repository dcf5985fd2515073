// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace NodeAgent.HostScan.Checks.Loading;

/// <summary>Checks of files: those that come with the agent, and own ones.</summary>
/// <param name="Checks">In the order of sets and files; each id once.</param>
/// <param name="Issues">What is wrong with files; what they are about is left out.</param>
public sealed record CheckLibrary(IReadOnlyList<CheckDefinition> Checks, IReadOnlyList<CheckIssue> Issues)
{
    /// <param name="folder">Of own checks; empty = only those that come with the agent.</param>
    public static CheckLibrary Read(string folder = "")
    {
        var issues = new List<CheckIssue>();
        IEnumerable<(string File, string Text)> files = [.. Embedded(), .. folder.Length == 0 ? [] : TextFiles.Of(folder, issues)];
        return Of(files, issues);
    }

    /// <returns>Other when the folder's files are.</returns>
    public static string VersionOf(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var issues = new List<CheckIssue>();
        IEnumerable<string> parts = folder.Length == 0 ? [] : TextFiles.Of(folder, issues).SelectMany(file => new[] { file.File, file.Text });
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts.Concat(issues.Select(issue => issue.ToString()))))));
    }

    internal static CheckLibrary Of(IEnumerable<(string File, string Text)> files, List<CheckIssue>? known = null)
    {
        List<CheckIssue> issues = known ?? [];
        var byId = new Dictionary<string, CheckDefinition>(StringComparer.Ordinal);
        var sets = new Dictionary<string, CheckSet>(StringComparer.Ordinal);
        var checks = new List<CheckDefinition>();
        foreach ((string file, string text) in files)
        {
            foreach (CheckDefinition check in CheckFileReader.Read(file, text, issues))
            {
                if (!byId.TryAdd(check.Id, check))
                {
                    issues.Add(new CheckIssue(file, check.Line, $"id {check.Id} stands in {byId[check.Id].Set.File}:{byId[check.Id].Line} already"));
                }
                else if (sets.TryAdd(check.Set.Id, check.Set) || sets[check.Set.Id].File == file)
                {
                    checks.Add(check);
                }
                else
                {
                    issues.Add(new CheckIssue(file, check.Line, $"set {check.Set.Id} is that of {sets[check.Set.Id].File} already"));
                }
            }
        }

        return new CheckLibrary(checks, issues);
    }

    private static IEnumerable<(string File, string Text)> Embedded()
    {
        Assembly own = typeof(CheckLibrary).Assembly;
        foreach (string name in own.GetManifestResourceNames().Where(name => name.StartsWith("Checks/", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var text = new StreamReader(own.GetManifestResourceStream(name)!);
            yield return (name, text.ReadToEnd());
        }
    }
}
