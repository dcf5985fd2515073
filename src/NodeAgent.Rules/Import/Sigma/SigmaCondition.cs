// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Import.Sigma;

/// <summary>Reads a rule's condition: names of searches, and, or, not, parentheses, <c>1 of …</c> and <c>all of …</c></summary>
/// <remarks>Errors: <see cref="FormatException"/> with the column. Source: the Sigma rules specification, condition.</remarks>
internal sealed class SigmaCondition
{
    private readonly string _text;
    private readonly IReadOnlyDictionary<string, Func<Condition>> _searches;
    private int _at;
    private int _depth;

    private SigmaCondition(string text, IReadOnlyDictionary<string, Func<Condition>> searches) => (_text, _searches) = (text, searches);

    /// <param name="searches">What each search asks; called when the condition names it.</param>
    public static Condition Of(string text, IReadOnlyDictionary<string, Func<Condition>> searches)
    {
        if (text.Length > ImportLimits.MaxConditionLength)
        {
            throw new FormatException($"the condition has more than {ImportLimits.MaxConditionLength} characters");
        }

        var parser = new SigmaCondition(text, searches);
        Condition found = parser.Row(isAnd: false);
        return parser.Next() switch
        {
            "" => found,
            "|" => Condition.Lacking("operator | (aggregation) of the condition"),
            var other => throw parser.Fault($"expected 'and', 'or' or the end, found '{other}'"),
        };
    }

    private Condition Row(bool isAnd)
    {
        var parts = new List<Condition>();
        do
        {
            parts.Add(isAnd ? Negation() : Row(isAnd: true));
        }
        while (Take(isAnd ? "and" : "or"));

        return isAnd ? Condition.All(parts) : Condition.Any(parts);
    }

    private Condition Negation()
    {
        bool isNegated = false;
        while (Take("not"))
        {
            isNegated = !isNegated;
        }

        Condition part = Part();
        return isNegated ? Condition.Not(part) : part;
    }

    private Condition Part()
    {
        if (Take("("))
        {
            if (++_depth > ImportLimits.MaxConditionDepth)
            {
                throw Fault($"more than {ImportLimits.MaxConditionDepth} levels of parentheses");
            }

            Condition inner = Row(isAnd: false);
            if (!Take(")"))
            {
                throw Fault("expected ')'");
            }

            _depth--;
            return inner;
        }

        string word = Next();
        int start = _at;
        Skip(word);
        if (Take("of"))
        {
            return Several(word);
        }

        _at = start;
        if (!_searches.TryGetValue(word, out Func<Condition>? search))
        {
            throw Fault(word.Length == 0 ? "expected the name of a search" : $"there is no search '{word}'");
        }

        Skip(word);
        return search();
    }

    private Condition Several(string count)
    {
        string pattern = Next();
        Skip(pattern);
        Condition[] found = [.. _searches.Where(search => Matches(search.Key, pattern)).OrderBy(search => search.Key, StringComparer.Ordinal).Select(search => search.Value())];
        if (found.Length == 0)
        {
            throw Fault($"no search is of '{pattern}'");
        }

        return count.ToLowerInvariant() switch
        {
            "1" or "any" => Condition.Any(found),
            "all" => Condition.All(found),
            _ => Condition.Lacking($"operator '{count} of'"),
        };
    }

    // 'them' are those whose names do not begin with an underscore.
    private static bool Matches(string name, string pattern)
    {
        if (pattern == "them")
        {
            return !name.StartsWith('_');
        }

        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return name == pattern;
        }

        if (name.Length < parts[0].Length + parts[^1].Length || !name.StartsWith(parts[0], StringComparison.Ordinal) || !name.EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        int at = parts[0].Length, end = name.Length - parts[^1].Length;
        foreach (string part in parts[1..^1])
        {
            int found = name.IndexOf(part, at, StringComparison.Ordinal);
            if (found < 0 || found + part.Length > end)
            {
                return false;
            }

            at = found + part.Length;
        }

        return true;
    }

    private bool Take(string word)
    {
        bool found = string.Equals(Next(), word, StringComparison.OrdinalIgnoreCase);
        if (found)
        {
            Skip(word);
        }

        return found;
    }

    private void Skip(string word) => _at += word.Length;

    // The word that comes next; it is not taken.
    private string Next()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        int end = _at;
        while (end < _text.Length && !char.IsWhiteSpace(_text[end]) && _text[end] is not ('(' or ')' or '|'))
        {
            end++;
        }

        return end > _at ? _text[_at..end] : _at < _text.Length ? _text[_at].ToString() : string.Empty;
    }

    private FormatException Fault(string fault) => new(string.Create(CultureInfo.InvariantCulture, $"condition, column {_at + 1}: {fault}"));
}
