// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;

namespace NodeAgent.Cel.Functions;

/// <summary>What follows a backslash.</summary>
internal sealed partial class PatternTranslator
{
    private string? Escape(bool inClass)
    {
        if (_at + 1 >= _text.Length)
        {
            return "'\\' at the end";
        }

        char c = _text[_at + 1];
        _at += 2;
        string? plain = Plain(c, inClass);
        if (plain is not null)
        {
            _out.Append(plain);
            return null;
        }

        return c switch
        {
            'Q' => Quoted(),
            'p' or 'P' => Category(c),
            'x' => Hex(),
            >= '0' and <= '7' => Octal(c),
            _ when char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) => Literal(c),
            _ => $"unknown escape sequence '\\{c}'",
        };
    }

    private static string? Plain(char c, bool inClass) => c switch
    {
        'd' => inClass ? "0-9" : "[0-9]",
        'w' => inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]",
        's' => inClass ? @"\t\n\f\r\x20" : @"[\t\n\f\r\x20]",
        'D' when !inClass => "[^0-9]",
        'W' when !inClass => "[^0-9A-Za-z_]",
        'S' when !inClass => @"[^\t\n\f\r\x20]",
        'D' => @"\x00-/:-\uFFFF",
        'W' => @"\x00-/:-@\[-\^`{-\uFFFF",
        'S' => @"\x00-\x08\v\x0E-\x1F!-\uFFFF",
        'A' when !inClass => @"\A",
        'z' when !inClass => @"\z",
        'b' when !inClass => @"\b",
        'B' when !inClass => @"\B",
        'a' => @"\a",
        'f' => @"\f",
        't' => @"\t",
        'n' => @"\n",
        'r' => @"\r",
        'v' => @"\v",
        _ => null,
    };

    private string? Literal(int codePoint)
    {
        if (codePoint > char.MaxValue)
        {
            _out.Append("(?:").Append(char.ConvertFromUtf32(codePoint)).Append(')');
            return null;
        }

        _out.Append(CultureInfo.InvariantCulture, $"\\u{codePoint:X4}");
        return null;
    }

    private string? Quoted()
    {
        int end = _text.IndexOf("\\E", _at, StringComparison.Ordinal);
        string literal = end < 0 ? _text[_at..] : _text[_at..end];
        _out.Append(System.Text.RegularExpressions.Regex.Escape(literal));
        _at = end < 0 ? _text.Length : end + 2;
        return null;
    }

    private string? Category(char sign)
    {
        int end = _at < _text.Length && _text[_at] == '{' ? _text.IndexOf('}', _at) : _at;
        if (end < 0 || end >= _text.Length)
        {
            return "unknown class of characters";
        }

        string name = end == _at ? _text[_at].ToString() : _text[(_at + 1)..end];
        bool negated = name.StartsWith('^');
        _out.Append('\\').Append(negated == (sign == 'p') ? 'P' : 'p').Append('{').Append(negated ? name[1..] : name).Append('}');
        _at = end + 1;
        return null;
    }

    private string? Hex()
    {
        int end = _at < _text.Length && _text[_at] == '{' ? _text.IndexOf('}', _at) : -1;
        ReadOnlySpan<char> digits = end > 0 ? _text.AsSpan(_at + 1, end - _at - 1) : _text.AsSpan(_at, Math.Min(2, _text.Length - _at));
        if (digits.Length is 0 or > 6 || (end < 0 && digits.Length < 2)
            || !int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || !Rune.IsValid(value))
        {
            return "invalid \\x";
        }

        _at = end > 0 ? end + 1 : _at + 2;
        return Literal(value);
    }

    private string? Octal(char first)
    {
        int value = first - '0';
        int digits = 1;
        for (; digits < 3 && _at < _text.Length && _text[_at] is >= '0' and <= '7'; digits++)
        {
            value = (value * 8) + (_text[_at++] - '0');
        }

        return first != '0' && digits == 1 ? "references to groups need backtracking" : Literal(value);
    }
}
