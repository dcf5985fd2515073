// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>A compiled regular expression that reads UTF-8. Its time grows with the text and never with its powers.</summary>
internal sealed class Pattern
{
    private const int StackChars = 512;
    private readonly Regex _regex;
    private readonly LiteralPattern? _literal;

    private Pattern(Regex regex, LiteralPattern? literal) => (_regex, _literal) = (regex, literal);

    /// <returns>Null, with the reason, when the text is no regular expression of RE2.</returns>
    public static Pattern? TryCreate(string text, int maxLength, out string reason)
    {
        reason = text.Length > maxLength ? $"longer than the limit of {maxLength} characters" : "";
        if (reason.Length > 0 || !PatternTranslator.TryTranslate(text, out string translated, out reason))
        {
            return null;
        }

        try
        {
            return new Pattern(new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), LiteralPattern.Of(text));
        }
        catch (ArgumentException e)
        {
            reason = e.Message;
        }
        catch (NotSupportedException)
        {
            // The engine's own bound on the states that a pattern with nested counts would need.
            reason = "too large, or with what needs backtracking";
        }

        return null;
    }

    /// <summary>Whether the expression matches any part of the text. Bytes that are no UTF-8 are read as U+FFFD.</summary>
    public bool IsMatch(ReadOnlySpan<byte> text)
    {
        if (_literal is not null)
        {
            return _literal.IsMatch(text);
        }

        char[]? rented = null;
        Span<char> chars = text.Length <= StackChars ? stackalloc char[StackChars] : rented = ArrayPool<char>.Shared.Rent(text.Length);
        int length = Encoding.UTF8.GetChars(text, chars);
        bool result = _regex.IsMatch(chars[..length]);
        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return result;
    }

    public long StepsFor(int length) => 1 + (_literal is not null ? length >> 4 : length >> 2);
}

/// <summary>An expression that is only text, perhaps tied to the start or the end: no engine is needed.</summary>
internal sealed class LiteralPattern
{
    private readonly byte[] _text;
    private readonly bool _atStart;
    private readonly bool _atEnd;

    private LiteralPattern(byte[] text, bool atStart, bool atEnd) => (_text, _atStart, _atEnd) = (text, atStart, atEnd);

    public static LiteralPattern? Of(string pattern)
    {
        bool atStart = pattern.StartsWith('^');
        bool atEnd = pattern.EndsWith('$') && !pattern.EndsWith("\\$", StringComparison.Ordinal) && pattern.Length > (atStart ? 1 : 0);
        var text = new StringBuilder();
        for (int i = atStart ? 1 : 0; i < pattern.Length - (atEnd ? 1 : 0); i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length && char.IsAscii(pattern[i + 1]) && char.IsPunctuation(pattern[i + 1]))
            {
                c = pattern[++i];
            }
            else if (@"\.+*?()|[]{}^$".Contains(c, StringComparison.Ordinal))
            {
                return null;
            }

            text.Append(c);
        }

        return new LiteralPattern(Encoding.UTF8.GetBytes(text.ToString()), atStart, atEnd);
    }

    public bool IsMatch(ReadOnlySpan<byte> text) => (_atStart, _atEnd) switch
    {
        (true, true) => text.SequenceEqual(_text),
        (true, false) => text.StartsWith(_text),
        (false, true) => text.EndsWith(_text),
        _ => text.IndexOf(_text) >= 0,
    };
}

/// <summary>Patterns that are known only at run time, compiled once each; a bounded number, and one thread's own.</summary>
internal sealed class PatternCache(int maxLength)
{
    private const int Most = 64;
    private readonly Dictionary<string, (Pattern? Pattern, string Reason)> _patterns = new(StringComparer.Ordinal);

    public bool TryGet(CelText text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Pattern? pattern, out string reason)
    {
        string key = text.Length <= maxLength * 4 ? text.ToString() : new string('x', maxLength + 1);
        if (!_patterns.TryGetValue(key, out (Pattern? Pattern, string Reason) found))
        {
            if (_patterns.Count >= Most)
            {
                _patterns.Clear();
            }

            found.Pattern = Pattern.TryCreate(key, maxLength, out found.Reason);
            _patterns.Add(key, found);
        }

        (pattern, reason) = found;
        return pattern is not null;
    }
}
