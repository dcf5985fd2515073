// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Compilation;

namespace NodeAgent.Rules.Loading;

/// <summary>A folder of YAML files with rules, bindings and exceptions. For one thread.</summary>
/// <remarks>
/// Files end with <c>.yaml</c>, <c>.yml</c> or <c>.json</c>; those whose names begin with a dot are left alone, as editors and mounted ConfigMaps make them.
/// Of a file that is broken, what it said before holds on, and that is said.
/// </remarks>
public sealed class RuleFolder(string path)
{
    private const long MaxFileBytes = 4L << 20;
    private const int MaxFiles = 1000;

    private readonly Dictionary<string, (string Text, RuleDocuments Documents)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _broken = new(StringComparer.Ordinal);

    /// <summary>What all files say.</summary>
    public RuleDocuments Documents => new(
        [.. _files.OrderBy(file => file.Key, StringComparer.Ordinal).SelectMany(file => file.Value.Documents.Rules)],
        [.. _files.OrderBy(file => file.Key, StringComparer.Ordinal).SelectMany(file => file.Value.Documents.Bindings)])
    {
        Exceptions = [.. _files.OrderBy(file => file.Key, StringComparer.Ordinal).SelectMany(file => file.Value.Documents.Exceptions)],
    };

    /// <summary>What is wrong with files.</summary>
    public IReadOnlyList<RuleIssue> Issues { get; private set; } = [];

    /// <summary>Reads what is there now.</summary>
    /// <returns>True when something changed since the last call.</returns>
    public bool Read()
    {
        var issues = new List<RuleIssue>();
        bool changed = false;
        string[] names = Names(issues);
        foreach (string name in names)
        {
            changed |= Read(name, issues);
        }

        foreach (string gone in _files.Keys.Except(names).ToArray())
        {
            _files.Remove(gone);
            changed = true;
        }

        bool isNews = !issues.SequenceEqual(Issues);
        Issues = issues;
        return changed || isNews;
    }

    private string[] Names(List<RuleIssue> issues)
    {
        try
        {
            string[] names = [.. Directory.EnumerateFiles(path)
                .Where(file => Path.GetExtension(file) is ".yaml" or ".yml" or ".json" && !Path.GetFileName(file).StartsWith('.'))
                .Order(StringComparer.Ordinal)];
            if (names.Length > MaxFiles)
            {
                issues.Add(new RuleIssue(string.Empty, path, 0, 0, $"has {names.Length} files, of which {MaxFiles} are read"));
            }

            return names[..Math.Min(names.Length, MaxFiles)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            issues.Add(new RuleIssue(string.Empty, path, 0, 0, e.Message));
            return [.. _files.Keys];
        }
    }

    private bool Read(string name, List<RuleIssue> issues)
    {
        try
        {
            string text = new FileInfo(name).Length <= MaxFileBytes
                ? File.ReadAllText(name)
                : throw new FormatException($"is longer than {MaxFileBytes} bytes");
            if ((_files.TryGetValue(name, out (string Text, RuleDocuments Documents) known) && known.Text == text)
                || (_broken.TryGetValue(name, out string? broken) && broken == text && Again(name, issues)))
            {
                return false;
            }

            _broken[name] = text;
            using var reader = new StringReader(text);
            _files[name] = (text, RuleDocuments.Parse(reader));
            _broken.Remove(name);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            issues.Add(new RuleIssue(string.Empty, name, 0, 0, e.Message));
            return false;
        }
    }

    // What was wrong with it is wrong still.
    private bool Again(string name, List<RuleIssue> issues)
    {
        issues.AddRange(Issues.Where(issue => issue.Part == name));
        return true;
    }
}
