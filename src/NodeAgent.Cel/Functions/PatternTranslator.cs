// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace NodeAgent.Cel.Functions;

/// <summary>Turns the syntax of RE2, which the language names, into that of .NET, where they differ.</summary>
/// <remarks>
/// Differences: <c>$</c> without m is the very end; <c>\d \w \s</c> and the classes between <c>[: :]</c> are ASCII; <c>(?P&lt;name&gt;</c>,
/// <c>\Q…\E</c>, <c>\z</c>, <c>\pL</c>, <c>\x{…}</c>, <c>\a</c>; the flag U turns greed around, which changes no answer here. What RE2
/// has not (look-around, references, atomic groups, .NET's own groups) is an error. A dot or a negated class is one UTF-16 unit. Source: RE2's syntax page.
/// </remarks>
internal sealed partial class PatternTranslator
{
    private const int MostRepeats = 1_000;

    private static readonly Dictionary<string, string> PosixClasses = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z",
        ["alpha"] = "A-Za-z",
        ["ascii"] = @"\x00-\x7F",
        ["blank"] = @"\t\x20",
        ["cntrl"] = @"\x00-\x1F\x7F",
        ["digit"] = "0-9",
        ["graph"] = "!-~",
        ["lower"] = "a-z",
        ["print"] = @"\x20-~",
        ["punct"] = @"!-/:-@\[-`{-~",
        ["space"] = @"\t\n\v\f\r\x20",
        ["upper"] = "A-Z",
        ["word"] = "0-9A-Za-z_",
        ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly string _text;
    private readonly StringBuilder _out = new();
    private readonly Stack<bool> _multiline = new();
    private int _at;
    private bool _isMultiline;

    private PatternTranslator(string text) => _text = text;

    public static bool TryTranslate(string text, out string translated, out string reason)
    {
        var translator = new PatternTranslator(text);
        reason = translator.Run() ?? "";
        translated = translator._out.ToString();
        return reason.Length == 0;
    }

    private string? Run()
    {
        string? reason = null;
        while (_at < _text.Length && reason is null)
        {
            char c = _text[_at];
            switch (c)
            {
                case '\\':
                    reason = Escape(inClass: false);
                    break;
                case '[':
                    reason = Class();
                    break;
                case '(':
                    reason = Group();
                    break;
                case ')':
                    _isMultiline = _multiline.Count > 0 ? _multiline.Pop() : _isMultiline;
                    Copy(1);
                    break;
                case '$':
                    _out.Append(_isMultiline ? "$" : @"\z");
                    _at++;
                    break;
                case '{':
                    reason = Repeat();
                    break;
                default:
                    Copy(1);
                    break;
            }
        }

        return reason;
    }

    private void Copy(int count)
    {
        _out.Append(_text, _at, count);
        _at += count;
    }

    private string? Group()
    {
        _multiline.Push(_isMultiline);
        if (_at + 1 >= _text.Length || _text[_at + 1] != '?')
        {
            Copy(1);
            return null;
        }

        string rest = _text[(_at + 2)..];
        int name = rest.StartsWith("P<", StringComparison.Ordinal) ? 2 : rest.StartsWith('<') && !rest.StartsWith("<=", StringComparison.Ordinal) && !rest.StartsWith("<!", StringComparison.Ordinal) ? 1 : 0;
        if (name > 0)
        {
            int end = rest.IndexOf('>', StringComparison.Ordinal);
            if (end <= name || !rest.AsSpan(name, end - name).ToString().All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            {
                return "a group's name has letters, digits and '_'";
            }

            // The group is not named in .NET, where a number as a name would mean something.
            _out.Append("(?:");
            _at += 2 + end + 1;
            return null;
        }

        int stop = rest.IndexOfAny([':', ')']);
        if (stop < 0 || rest.AsSpan(0, stop).ContainsAnyExcept("imsU-"))
        {
            return "unknown group '(?'";
        }

        return Flags(rest, stop);
    }

    private string? Flags(string rest, int stop)
    {
        bool on = true;
        bool multiline = _isMultiline;
        var flags = new StringBuilder();
        foreach (char c in rest[..stop])
        {
            on = c != '-' && on;
            multiline = c == 'm' ? on : multiline;
            flags.Append(c is 'U' ? "" : c.ToString());
        }

        string kept = flags.ToString().TrimEnd('-');
        if (rest[stop] == ')')
        {
            _multiline.Pop();
            _out.Append(kept.Length > 0 ? $"(?{kept})" : "");
        }
        else
        {
            _out.Append(kept.Length > 0 ? $"(?{kept}:" : "(?:");
        }

        _isMultiline = multiline;
        _at += 2 + stop + 1;
        return null;
    }

    // A brace that is no count stands for itself.
    private string? Repeat()
    {
        int end = _text.IndexOf('}', _at);
        string[] bounds = end < 0 ? [] : _text[(_at + 1)..end].Split(',');
        bool isCount = bounds.Length is 1 or 2 && bounds[0].Length > 0 && bounds.All(b => b.All(char.IsAsciiDigit));
        if (!isCount)
        {
            _out.Append(@"\{");
            _at++;
            return null;
        }

        if (bounds.Any(b => b.Length > 4 || (b.Length > 0 && int.Parse(b, CultureInfo.InvariantCulture) > MostRepeats)))
        {
            return $"more than {MostRepeats} repetitions";
        }

        Copy(end + 1 - _at);
        return null;
    }

    private string? Class()
    {
        Copy(1);
        if (_at < _text.Length && _text[_at] == '^')
        {
            Copy(1);
        }

        bool first = true;
        for (; _at < _text.Length && (first || _text[_at] != ']'); first = false)
        {
            string? reason = null;
            if (_text[_at] == '\\')
            {
                reason = Escape(inClass: true);
            }
            else if (_text.AsSpan(_at).StartsWith("[:"))
            {
                reason = PosixClass();
            }
            else
            {
                _out.Append(_text[_at] is '[' or ']' ? "\\" : "");
                Copy(1);
            }

            if (reason is not null)
            {
                return reason;
            }
        }

        if (_at >= _text.Length)
        {
            return "'[' without ']'";
        }

        Copy(1);
        return null;
    }

    private string? PosixClass()
    {
        int end = _text.IndexOf(":]", _at + 2, StringComparison.Ordinal);
        string name = end < 0 ? "" : _text[(_at + 2)..end];
        if (name.StartsWith('^') || !PosixClasses.TryGetValue(name, out string? set))
        {
            return $"unknown class '[:{name}:]'";
        }

        _out.Append(set);
        _at = end + 2;
        return null;
    }
}
