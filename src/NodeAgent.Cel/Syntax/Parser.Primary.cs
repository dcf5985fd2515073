// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Syntax;

/// <summary>What stands by itself: literals, names, calls, lists, maps, messages.</summary>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in", "let",
        "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
    };

    private Expr Primary()
    {
        Token token = _token;
        switch (token.Kind)
        {
            case TokenKind.Int or TokenKind.Uint or TokenKind.Double:
                return Number(token.Offset, isNegative: false);
            case TokenKind.String:
                Take();
                return new LiteralExpr(token.Offset, CelValue.Of(token.Value));
            case TokenKind.Bytes:
                Take();
                return new LiteralExpr(token.Offset, CelValue.OfBytes(token.Value));
            case TokenKind.OpenParen:
                Take();
                Expr inner = Expression();
                Expect(TokenKind.CloseParen, "')'");
                return inner;
            case TokenKind.OpenBracket:
                return List();
            case TokenKind.OpenBrace:
                return Map();
            case TokenKind.Dot:
                Take();
                return Identifier(isRoot: true);
            case TokenKind.Identifier:
                return Identifier(isRoot: false);
            default:
                throw Unexpected("an expression");
        }
    }

    private Expr Identifier(bool isRoot)
    {
        Token name = _token;
        if (name.Kind != TokenKind.Identifier)
        {
            throw Unexpected("a name");
        }

        CelValue? constant = isRoot ? null : name.Text switch
        {
            "true" => CelValue.True,
            "false" => CelValue.False,
            "null" => CelValue.Null,
            _ => null,
        };
        if (constant is { } value)
        {
            Take();
            return new LiteralExpr(name.Offset, value);
        }

        if (Reserved.Contains(name.Text))
        {
            throw new CelSyntaxException(name.Offset, $"'{name.Text}' is a reserved word and no name");
        }

        Take();
        if (_token.Kind != TokenKind.OpenParen)
        {
            return new IdentifierExpr(name.Offset, name.Text, isRoot);
        }

        Expr[] arguments = Arguments();
        return (isRoot ? null : Macros.Expand(name.Offset, name.Text, null, arguments))
            ?? Bounded(new CallExpr(name.Offset, isRoot ? "." + name.Text : name.Text, null, arguments));
    }

    private LiteralExpr Number(int offset, bool isNegative)
    {
        Token token = Take();
        bool hex = token.Text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (token.Kind == TokenKind.Double)
        {
            double number = double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture);
            return new LiteralExpr(offset, CelValue.Of(isNegative ? -number : number));
        }

        bool parsed = hex
            ? ulong.TryParse(token.Text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong magnitude)
            : ulong.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out magnitude);
        if (token.Kind == TokenKind.Uint)
        {
            return parsed ? new LiteralExpr(offset, CelValue.Of(magnitude))
                : throw new CelSyntaxException(offset, $"{token.Text}u is more than a uint holds, 18446744073709551615");
        }

        const ulong Limit = (ulong)long.MaxValue;
        if (!parsed || magnitude > (isNegative ? Limit + 1 : Limit))
        {
            throw new CelSyntaxException(offset, $"{(isNegative ? "-" : "")}{token.Text} is outside of what an int holds, ±2^63");
        }

        return new LiteralExpr(offset, CelValue.Of(isNegative ? unchecked(-(long)magnitude) : (long)magnitude));
    }

    private Expr[] Arguments()
    {
        Take();
        var arguments = new List<Expr>();
        while (_token.Kind != TokenKind.CloseParen)
        {
            arguments.Add(Expression());
            if (!TakeIf(TokenKind.Comma))
            {
                break;
            }

            if (_token.Kind == TokenKind.CloseParen)
            {
                throw Unexpected("an argument");
            }
        }

        Expect(TokenKind.CloseParen, "',' or ')'");
        return [.. arguments];
    }

    private Expr List()
    {
        int offset = Take().Offset;
        var elements = new List<Expr>();
        var optional = new List<bool>();
        while (_token.Kind != TokenKind.CloseBracket)
        {
            optional.Add(TakeIf(TokenKind.Question));
            elements.Add(Expression());
            if (!TakeIf(TokenKind.Comma))
            {
                break;
            }
        }

        Expect(TokenKind.CloseBracket, "',' or ']'");
        return Bounded(new ListExpr(offset, [.. elements], [.. optional]));
    }

    private Expr Map()
    {
        int offset = Take().Offset;
        var keys = new List<Expr>();
        var values = new List<Expr>();
        var optional = new List<bool>();
        while (_token.Kind != TokenKind.CloseBrace)
        {
            optional.Add(TakeIf(TokenKind.Question));
            keys.Add(Expression());
            Expect(TokenKind.Colon, "':' between key and value");
            values.Add(Expression());
            if (!TakeIf(TokenKind.Comma))
            {
                break;
            }
        }

        Expect(TokenKind.CloseBrace, "',' or '}'");
        return Bounded(new MapExpr(offset, [.. keys], [.. values], [.. optional]));
    }

    private MessageExpr Message(int offset, string name)
    {
        Take();
        var fields = new List<string>();
        var values = new List<Expr>();
        var optional = new List<bool>();
        while (_token.Kind != TokenKind.CloseBrace)
        {
            optional.Add(TakeIf(TokenKind.Question));
            if (_token.Kind is not (TokenKind.Identifier or TokenKind.QuotedIdentifier))
            {
                throw Unexpected("the name of a field");
            }

            fields.Add(Take().Text);
            Expect(TokenKind.Colon, "':' between field and value");
            values.Add(Expression());
            if (!TakeIf(TokenKind.Comma))
            {
                break;
            }
        }

        Expect(TokenKind.CloseBrace, "',' or '}'");
        return new MessageExpr(offset, name, [.. fields], [.. values], [.. optional]);
    }

    /// <returns>The dotted name that the expression is; null when it is none.</returns>
    internal static string? QualifiedName(Expr expression) => expression switch
    {
        IdentifierExpr identifier => identifier.IsRoot ? "." + identifier.Name : identifier.Name,
        SelectExpr { IsOptional: false, IsTest: false } select => QualifiedName(select.Operand) is { } name ? $"{name}.{select.Field}" : null,
        _ => null,
    };
}
