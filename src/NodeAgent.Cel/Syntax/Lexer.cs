// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Cel.Syntax;

/// <summary>Cuts a text into tokens.</summary>
/// <remarks>Errors: <see cref="CelSyntaxException"/> at the place. Source: the lexis of the CEL language definition.</remarks>
internal sealed class Lexer(string text)
{
    private int _at;

    public Token Next()
    {
        SkipBlanks();
        int start = _at;
        if (_at >= text.Length)
        {
            return new Token(TokenKind.End, text.Length, 0);
        }

        char c = text[_at];
        if (char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))))
        {
            return Number();
        }

        if (StringLexer.Starts(text, _at))
        {
            Token literal = StringLexer.Read(text, _at);
            _at += literal.Length;
            return literal;
        }

        if (char.IsAsciiLetter(c) || c == '_')
        {
            while (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_')
            {
                _at++;
            }

            return new Token(TokenKind.Identifier, start, _at - start, text[start.._at]);
        }

        return c == '`' ? QuotedIdentifier() : Symbol(c);
    }

    private char Peek(int ahead) => _at + ahead < text.Length ? text[_at + ahead] : '\0';

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (text[_at] is ' ' or '\t' or '\n' or '\r' or '\f')
            {
                _at++;
            }
            else if (text[_at] == '/' && Peek(1) == '/')
            {
                while (_at < text.Length && text[_at] is not ('\n' or '\r'))
                {
                    _at++;
                }
            }
            else
            {
                return;
            }
        }
    }

    private Token Number()
    {
        int start = _at;
        if (text[_at] == '0' && Peek(1) is ('x' or 'X'))
        {
            _at += 2;
            int digits = _at;
            SkipWhile(char.IsAsciiHexDigit);
            if (_at == digits)
            {
                throw new CelSyntaxException(start, "0x is followed by no hexadecimal digit");
            }

            return EndNumber(start, TokenKind.Int);
        }

        TokenKind kind = TokenKind.Int;
        SkipWhile(char.IsAsciiDigit);
        if (Peek(0) == '.' && char.IsAsciiDigit(Peek(1)))
        {
            kind = TokenKind.Double;
            _at++;
            SkipWhile(char.IsAsciiDigit);
        }

        if (Peek(0) is ('e' or 'E') && (char.IsAsciiDigit(Peek(1)) || (Peek(1) is ('+' or '-') && char.IsAsciiDigit(Peek(2)))))
        {
            kind = TokenKind.Double;
            _at += 2;
            SkipWhile(char.IsAsciiDigit);
        }

        return EndNumber(start, kind);
    }

    private Token EndNumber(int start, TokenKind kind)
    {
        string digits = text[start.._at];
        if (kind == TokenKind.Int && Peek(0) is ('u' or 'U'))
        {
            kind = TokenKind.Uint;
            _at++;
        }

        if (char.IsAsciiLetterOrDigit(Peek(0)) || Peek(0) == '_')
        {
            throw new CelSyntaxException(start, $"'{text[start..(_at + 1)]}…' is no number");
        }

        return new Token(kind, start, _at - start, digits);
    }

    private void SkipWhile(Func<char, bool> accepts)
    {
        while (_at < text.Length && accepts(text[_at]))
        {
            _at++;
        }
    }

    private Token QuotedIdentifier()
    {
        int start = _at++;
        SkipWhile(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '/' or ' ');
        if (Peek(0) != '`' || _at == start + 1)
        {
            throw new CelSyntaxException(start, "a name between backticks has letters, digits, '_', '.', '-', '/' and blanks, and ends with a backtick");
        }

        _at++;
        return new Token(TokenKind.QuotedIdentifier, start, _at - start, text[(start + 1)..(_at - 1)]);
    }

    private Token Symbol(char c)
    {
        (TokenKind Kind, int Length) found = (c, Peek(1)) switch
        {
            ('&', '&') => (TokenKind.And, 2),
            ('|', '|') => (TokenKind.Or, 2),
            ('=', '=') => (TokenKind.Equal, 2),
            ('!', '=') => (TokenKind.NotEqual, 2),
            ('<', '=') => (TokenKind.LessOrEqual, 2),
            ('>', '=') => (TokenKind.GreaterOrEqual, 2),
            ('<', _) => (TokenKind.Less, 1),
            ('>', _) => (TokenKind.Greater, 1),
            ('!', _) => (TokenKind.Not, 1),
            ('.', _) => (TokenKind.Dot, 1),
            (',', _) => (TokenKind.Comma, 1),
            (':', _) => (TokenKind.Colon, 1),
            ('?', _) => (TokenKind.Question, 1),
            ('(', _) => (TokenKind.OpenParen, 1),
            (')', _) => (TokenKind.CloseParen, 1),
            ('[', _) => (TokenKind.OpenBracket, 1),
            (']', _) => (TokenKind.CloseBracket, 1),
            ('{', _) => (TokenKind.OpenBrace, 1),
            ('}', _) => (TokenKind.CloseBrace, 1),
            ('+', _) => (TokenKind.Plus, 1),
            ('-', _) => (TokenKind.Minus, 1),
            ('*', _) => (TokenKind.Star, 1),
            ('/', _) => (TokenKind.Slash, 1),
            ('%', _) => (TokenKind.Percent, 1),
            _ => throw new CelSyntaxException(_at, Unexpected(c)),
        };
        var token = new Token(found.Kind, _at, found.Length, text.Substring(_at, found.Length));
        _at += found.Length;
        return token;
    }

    private string Unexpected(char c) => c switch
    {
        '=' => "'=' assigns nothing here: '==' compares",
        '&' or '|' => $"'{c}' alone is no operator: '{c}{c}' is",
        _ when char.IsControl(c) => $"unexpected character U+{(int)c:X4}",
        _ => Rune.TryGetRuneAt(text, _at, out Rune rune) ? $"unexpected character '{rune}'" : "unpaired surrogate",
    };
}
