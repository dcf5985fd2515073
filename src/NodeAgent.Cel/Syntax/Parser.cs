// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Limits;

namespace NodeAgent.Cel.Syntax;

/// <summary>Reads an expression: operators by their levels, the rest by recursive descent.</summary>
/// <remarks>Errors: <see cref="CelSyntaxException"/> at the place; too long and too deep are such errors too. Source: the grammar of the CEL language definition.</remarks>
internal sealed partial class Parser
{
    private const int LowestBinaryLevel = 3;

    private readonly Lexer _lexer;
    private readonly CelLimits _limits;
    private Token _token;
    private int _depth;

    private Parser(string text, CelLimits limits)
    {
        _lexer = new Lexer(text);
        _limits = limits;
        _token = _lexer.Next();
    }

    public static Expr Parse(string text, CelLimits limits)
    {
        if (text.Length > limits.MaxExpressionLength)
        {
            throw new CelSyntaxException(0, $"the expression has {text.Length:N0} characters, more than the limit of {limits.MaxExpressionLength:N0}");
        }

        var parser = new Parser(text, limits);
        Expr expression = parser.Expression();
        if (parser._token.Kind != TokenKind.End)
        {
            throw parser.Unexpected("an operator or the end");
        }

        return expression;
    }

    private Expr Expression()
    {
        Enter();
        Expr condition = Logical(isAnd: false);
        if (_token.Kind == TokenKind.Question)
        {
            int offset = Take().Offset;
            Expr then = Logical(isAnd: false);
            Expect(TokenKind.Colon, "':' of the condition '?'");
            condition = Bounded(new ConditionalExpr(offset, condition, then, Expression()));
        }

        _depth--;
        return condition;
    }

    private Expr Logical(bool isAnd)
    {
        TokenKind sign = isAnd ? TokenKind.And : TokenKind.Or;
        Expr first = isAnd ? Binary(LowestBinaryLevel) : Logical(isAnd: true);
        if (_token.Kind != sign)
        {
            return first;
        }

        int offset = _token.Offset;
        var operands = new List<Expr> { first };
        while (_token.Kind == sign)
        {
            Take();
            operands.Add(isAnd ? Binary(LowestBinaryLevel) : Logical(isAnd: true));
        }

        return Bounded(new LogicalExpr(offset, isAnd, [.. operands]));
    }

    private Expr Binary(int level)
    {
        Expr left = Unary();
        while (Operators.OfToken(_token) is { } found && found.Level >= level)
        {
            int offset = Take().Offset;
            left = Bounded(new CallExpr(offset, found.Function, null, left, Binary(found.Level + 1)));
        }

        return left;
    }

    private Expr Unary()
    {
        if (_token.Kind is not (TokenKind.Not or TokenKind.Minus))
        {
            return Member(Primary());
        }

        TokenKind sign = _token.Kind;
        var offsets = new List<int>();
        while (_token.Kind == sign)
        {
            offsets.Add(Take().Offset);
        }

        Expr operand;
        if (sign == TokenKind.Minus && _token.Kind is TokenKind.Int or TokenKind.Double)
        {
            operand = Member(Number(offsets[^1], isNegative: true));
            offsets.RemoveAt(offsets.Count - 1);
        }
        else
        {
            operand = Member(Primary());
        }

        for (int i = offsets.Count - 1; i >= 0; i--)
        {
            operand = Bounded(new CallExpr(offsets[i], sign == TokenKind.Not ? Operators.Not : Operators.Negate, null, operand));
        }

        return operand;
    }

    private Expr Member(Expr operand)
    {
        while (true)
        {
            switch (_token.Kind)
            {
                case TokenKind.Dot:
                    operand = Bounded(AfterDot(operand));
                    break;
                case TokenKind.OpenBracket:
                    int offset = Take().Offset;
                    bool optional = TakeIf(TokenKind.Question);
                    Expr index = Expression();
                    Expect(TokenKind.CloseBracket, "']'");
                    operand = Bounded(new CallExpr(offset, optional ? Operators.OptionalIndex : Operators.Index, null, operand, index));
                    break;
                case TokenKind.OpenBrace when QualifiedName(operand) is { } name:
                    operand = Bounded(Message(operand.Offset, name));
                    break;
                default:
                    return operand;
            }
        }
    }

    private Expr AfterDot(Expr operand)
    {
        Take();
        bool optional = TakeIf(TokenKind.Question);
        Token name = _token;
        if (name.Kind is not (TokenKind.Identifier or TokenKind.QuotedIdentifier))
        {
            throw Unexpected("the name of a field or function");
        }

        Take();
        if (name.Kind == TokenKind.Identifier && name.Text is "in" or "true" or "false" or "null")
        {
            throw new CelSyntaxException(name.Offset, $"'{name.Text}' is a word of the language and no name");
        }

        if (_token.Kind != TokenKind.OpenParen || optional || name.Kind == TokenKind.QuotedIdentifier)
        {
            return new SelectExpr(name.Offset, operand, name.Text, optional);
        }

        Expr[] arguments = Arguments();
        return Macros.Expand(name.Offset, name.Text, operand, arguments) ?? new CallExpr(name.Offset, name.Text, operand, arguments);
    }

    // The depth of the recursion, before the parts exist.
    private void Enter()
    {
        if (++_depth > _limits.MaxDepth)
        {
            throw TooDeep(_token.Offset);
        }
    }

    // The depth of the tree: rows of one operator make it deep without recursion here, but not in the stages that follow.
    private Expr Bounded(Expr expression) => expression.Depth > _limits.MaxDepth ? throw TooDeep(expression.Offset) : expression;

    private CelSyntaxException TooDeep(int offset) => new(offset, $"the expression is nested deeper than {_limits.MaxDepth} levels");

    private Token Take()
    {
        Token token = _token;
        _token = _lexer.Next();
        return token;
    }

    private bool TakeIf(TokenKind kind)
    {
        if (_token.Kind != kind)
        {
            return false;
        }

        Take();
        return true;
    }

    private void Expect(TokenKind kind, string what)
    {
        if (!TakeIf(kind))
        {
            throw Unexpected(what);
        }
    }

    private CelSyntaxException Unexpected(string expected)
    {
        string found = _token.Kind switch
        {
            TokenKind.End => "the end of the expression",
            TokenKind.String or TokenKind.Bytes => "a literal",
            _ => $"'{_token.Text}'",
        };
        return new CelSyntaxException(_token.Offset, $"expected {expected}, found {found}");
    }
}
