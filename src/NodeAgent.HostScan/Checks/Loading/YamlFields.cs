// SPDX-License-Identifier: Apache-2.0
using YamlDotNet.RepresentationModel;

namespace NodeAgent.HostScan.Checks.Loading;

/// <summary>Members of a mapping, each taken once; what is left at the end is unknown. Faults are said with their line, and reading goes on.</summary>
internal sealed class YamlFields
{
    // A text of a report is no book.
    private const int MaxTextLength = 16 << 10;

    private readonly string _file;
    private readonly List<CheckIssue> _issues;
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _left = new(StringComparer.Ordinal);

    private YamlFields(string file, YamlMappingNode mapping, List<CheckIssue> issues)
    {
        (_file, _issues, Line) = (file, issues, (int)mapping.Start.Line);
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { } name })
            {
                _left[name] = (key, value);
            }
            else
            {
                Say(key, "a key must be text");
            }
        }
    }

    public int Line { get; }

    /// <summary>Something was wrong.</summary>
    public bool IsFaulty { get; private set; }

    /// <param name="what">Shape: words for messages, <c>a check</c>.</param>
    /// <returns>Null after it was said that this is no mapping.</returns>
    public static YamlFields? Of(string file, YamlNode node, string what, List<CheckIssue> issues)
    {
        if (node is YamlMappingNode mapping)
        {
            return new YamlFields(file, mapping, issues);
        }

        issues.Add(new CheckIssue(file, (int)node.Start.Line, $"{what} must be a mapping"));
        return null;
    }

    /// <returns>Empty after it was said that it is missing or no text.</returns>
    public string Text(string name, bool isRequired = true) => Scalar(name, isRequired)?.Value!.Trim() ?? string.Empty;

    /// <returns>Null when it is missing, which is said if it must be there.</returns>
    public CheckExpression? Expression(string name, bool isRequired) =>
        Scalar(name, isRequired) is { } scalar ? new CheckExpression(scalar.Value!.Trim(), (int)scalar.Start.Line) : null;

    public IReadOnlyList<string> Texts(string name)
    {
        var texts = new List<string>();
        foreach (YamlNode node in Items(name, int.MaxValue))
        {
            if (node is YamlScalarNode { Value: { Length: > 0 and <= MaxTextLength } text })
            {
                texts.Add(text);
            }
            else
            {
                Say(node, $"an entry of {name} must be text");
            }
        }

        return texts;
    }

    /// <returns>Nothing when the member is missing.</returns>
    public IReadOnlyList<YamlNode> Items(string name, int most)
    {
        if (!_left.Remove(name, out (YamlNode Key, YamlNode Value) found))
        {
            return [];
        }

        if (found.Value is not YamlSequenceNode sequence)
        {
            Say(found.Value, $"{name} must be a list");
            return [];
        }

        if (sequence.Children.Count > most)
        {
            Say(found.Value, $"{name} has {sequence.Children.Count} entries, of which {most} are read");
        }

        return [.. sequence.Children.Take(most)];
    }

    /// <returns>Members that are text, of a member that is a mapping; nothing when that is missing.</returns>
    public IReadOnlyDictionary<string, string> Pairs(string name)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!_left.Remove(name, out (YamlNode Key, YamlNode Value) found))
        {
            return pairs;
        }

        if (found.Value is not YamlMappingNode mapping)
        {
            Say(found.Value, $"{name} must be a mapping");
            return pairs;
        }

        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 } label } && value is YamlScalarNode { Value: { } text })
            {
                pairs[label] = text;
            }
            else
            {
                Say(key, $"an entry of {name} must be text");
            }
        }

        return pairs;
    }

    /// <summary>Says which members nobody asked for.</summary>
    public void End()
    {
        foreach ((string name, (YamlNode key, _)) in _left)
        {
            Say(key, $"{name} is no member that is known here");
        }
    }

    public void Say(string message)
    {
        IsFaulty = true;
        _issues.Add(new CheckIssue(_file, Line, message));
    }

    private YamlScalarNode? Scalar(string name, bool isRequired)
    {
        if (!_left.Remove(name, out (YamlNode Key, YamlNode Value) found))
        {
            if (isRequired)
            {
                Say($"{name} is missing");
            }

            return null;
        }

        if (found.Value is YamlScalarNode { Value: { } text } scalar && text.AsSpan().Trim().Length is > 0 and <= MaxTextLength)
        {
            return scalar;
        }

        Say(found.Value, $"{name} must be text of 1 to {MaxTextLength} characters");
        return null;
    }

    private void Say(YamlNode node, string message)
    {
        IsFaulty = true;
        _issues.Add(new CheckIssue(_file, (int)node.Start.Line, message));
    }
}
