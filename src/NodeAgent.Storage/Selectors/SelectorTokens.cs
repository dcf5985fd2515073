// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Storage.Selectors;

/// <summary>Tokens of a label selector; empty at the end.</summary>
internal sealed class SelectorTokens(string text)
{
    private int _position;

    public static bool IsSymbol(string token) => token is "" or "," or "(" or ")" or "=" or "==" or "!=" or "!" or ">" or "<";

    public string Peek()
    {
        int start = _position;
        string token = Next();
        _position = start;
        return token;
    }

    public string Next()
    {
        while (_position < text.Length && text[_position] is ' ' or '\t' or '\r' or '\n')
        {
            _position++;
        }

        if (_position == text.Length)
        {
            return string.Empty;
        }

        int start = _position;
        if (!IsSpecial(text[_position]))
        {
            while (_position < text.Length && !IsSpecial(text[_position]) && !char.IsWhiteSpace(text[_position]))
            {
                _position++;
            }

            return text[start.._position];
        }

        _position++;
        if (text[start] is '=' or '!' && _position < text.Length && text[_position] == '=')
        {
            _position++;
        }

        return text[start.._position];
    }

    /// <summary>A value, which may be missing: <c>a=</c> asks for the empty one.</summary>
    public string Value()
    {
        if (Peek() is "" or ",")
        {
            return string.Empty;
        }

        return Checked(Next(), "identifier");
    }

    public string IntegerValue()
    {
        string value = Value();
        return long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? value
            : throw new FormatException($"values[0][{value}]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }

    public List<string> ValueSet()
    {
        string open = Next();
        if (open != "(")
        {
            throw new FormatException($"unable to parse requirement: found '{open}', expected: '('");
        }

        var values = new List<string>();
        while (true)
        {
            string token = Next();
            if (token is "," or ")")
            {
                // "(a,)" and "()" contain the empty value, as upstream reads them.
                values.Add(string.Empty);
            }
            else
            {
                values.Add(Checked(token, "',', ')' or identifier"));
                token = Next();
            }

            if (token == ")")
            {
                return values;
            }

            if (token != ",")
            {
                throw new FormatException($"unable to parse requirement: found '{token}', expected: ',' or ')'");
            }
        }
    }

    private static string Checked(string token, string expected)
    {
        if (IsSymbol(token))
        {
            throw new FormatException($"unable to parse requirement: found '{token}', expected: {expected}");
        }

        return LabelSyntax.IsValue(token)
            ? token
            : throw new FormatException($"unable to parse requirement: values[0]: Invalid value: \"{token}\": a label value has at most 63 letters, digits, '-', '_' or '.'");
    }

    private static bool IsSpecial(char c) => c is ',' or '(' or ')' or '=' or '!' or '>' or '<';
}
