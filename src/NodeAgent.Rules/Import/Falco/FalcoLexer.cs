// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace NodeAgent.Rules.Import.Falco;

/// <summary>The words of a condition. What a word is depends on its place, so the parser says what it expects.</summary>
internal sealed class FalcoLexer(string text)
{
    // The longer before the shorter that begins like it.
    private static readonly string[] Signs = ["<=", ">=", "==", "!=", "<", ">", "="];

    private static readonly string[] Words =
    [
        "exists", "glob", "iglob", "contains", "icontains", "bcontains", "startswith", "bstartswith", "endswith", "regex", "in", "intersects", "pmatch",
    ];

    private int _at;

    /// <summary>Units: UTF-16 units from the start; may be set back to a place where it was.</summary>
    public int At
    {
        get
        {
            Skip();
            return _at;
        }

        set => _at = value;
    }

    public bool AtEnd => At >= text.Length;

    public bool IsNext(char c) => !AtEnd && text[_at] == c;

    public bool Take(char c)
    {
        bool found = IsNext(c);
        _at += found ? 1 : 0;
        return found;
    }

    public void Expect(char c)
    {
        if (!Take(c))
        {
            throw Fault($"expected '{c}'");
        }
    }

    /// <summary>A word that ends there: <c>or</c> is not the start of <c>order</c>.</summary>
    public bool TakeWord(string word)
    {
        if (string.CompareOrdinal(text, At, word, 0, word.Length) != 0)
        {
            return false;
        }

        int end = _at + word.Length;
        if (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or ')'))
        {
            return false;
        }

        _at = end;
        return true;
    }

    /// <returns>A field, macro or transformer; null when there is none.</returns>
    public string? Name()
    {
        int end = At;
        if (end >= text.Length || !char.IsAsciiLetter(text[end]))
        {
            return null;
        }

        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_' || (text[end] == '.' && end + 1 < text.Length && char.IsAsciiLetter(text[end + 1]))))
        {
            end++;
        }

        string name = text[_at..end];
        _at = end;
        return name;
    }

    /// <summary>What stands in brackets right behind a field; null when nothing does.</summary>
    public string? Argument()
    {
        if (_at >= text.Length || text[_at] != '[')
        {
            return null;
        }

        _at++;
        if (_at < text.Length && text[_at] is '"' or '\'')
        {
            string quoted = Quoted();
            Expect(']');
            return quoted;
        }

        int end = text.IndexOf(']', _at);
        if (end <= _at)
        {
            throw Fault("expected what the field is asked for, and ']'");
        }

        string argument = text[_at..end];
        _at = end + 1;
        return argument;
    }

    public string? Operator()
    {
        string? found = Signs.FirstOrDefault(sign => string.CompareOrdinal(text, At, sign, 0, sign.Length) == 0);
        if (found is not null)
        {
            _at += found.Length;
            return found == "==" ? "=" : found;
        }

        return Array.Find(Words, TakeWord);
    }

    /// <returns>What says that one value, or each, is meant; null when nothing does.</returns>
    public string? Quantifier()
    {
        int start = At;
        foreach (string word in (string[])["anyof", "allof"])
        {
            if (TakeWord(word) && IsNext('('))
            {
                return word;
            }

            _at = start;
        }

        return null;
    }

    public FalcoValue Value()
    {
        if (!AtEnd && text[_at] is '"' or '\'')
        {
            return new FalcoValue(Quoted(), IsQuoted: true);
        }

        int end = _at;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('(' or ')' or '"' or '\'' or '=' or ','))
        {
            end++;
        }

        if (end == _at)
        {
            throw Fault("expected a value");
        }

        string value = text[_at..end];
        _at = end;
        return new FalcoValue(value, IsQuoted: false);
    }

    public FormatException Fault(string fault) => new(string.Create(CultureInfo.InvariantCulture, $"condition, column {At + 1}: {fault}"));

    private void Skip()
    {
        while (_at < text.Length && (char.IsWhiteSpace(text[_at]) || text[_at] == '\b'))
        {
            _at++;
        }
    }

    private string Quoted()
    {
        char quote = text[_at];
        int start = _at++;
        var made = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            if (text[_at] == '\\')
            {
                made.Append(Escape());
            }
            else
            {
                made.Append(text[_at++]);
            }
        }

        if (_at >= text.Length)
        {
            _at = start;
            throw Fault("the text that begins here does not end");
        }

        _at++;
        return made.ToString();
    }

    private char Escape()
    {
        char kind = _at + 1 < text.Length ? text[_at + 1] : '\0';
        int value = kind switch
        {
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' or '/' or '"' or '\'' => kind,
            ' ' => '\\',
            'x' when _at + 3 < text.Length && int.TryParse(text.AsSpan(_at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int hex) => hex,
            _ => -1,
        };
        if (value is < 0 or 0)
        {
            throw Fault($"unknown escape sequence '\\{kind}'");
        }

        if (value > 0x7f)
        {
            throw Fault("bytes that are no ASCII cannot be written into a text of these rules");
        }

        _at += kind == 'x' ? 4 : 2;
        return (char)value;
    }
}
