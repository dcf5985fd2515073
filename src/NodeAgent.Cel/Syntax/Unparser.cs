// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Syntax;

/// <summary>Writes an expression in one canonical form: reading it again gives the same tree, and equal trees give equal texts.</summary>
internal sealed class Unparser
{
    private const int Lowest = 0;
    private const int Logical = 1;
    private const int LogicalAnd = 2;
    private const int Unary = 6;
    private const int Primary = 7;

    private readonly StringBuilder _text = new();

    public static string Write(Expr expression)
    {
        var unparser = new Unparser();
        unparser.Part(expression, Lowest);
        return unparser._text.ToString();
    }

    private static int LevelOf(Expr expression) => expression switch
    {
        ConditionalExpr => Lowest,
        LogicalExpr logical => logical.IsAnd ? LogicalAnd : Logical,
        CallExpr call when Operators.TryGetBinary(call.Function, out (string Sign, int Level) found) && call.Target is null => found.Level,
        CallExpr { Function: Operators.Not or Operators.Negate } => Unary,
        LiteralExpr { Value: { Kind: CelKind.Int, Int: < 0 } or { Kind: CelKind.Double, Double: < 0 } } => Unary,
        _ => Primary,
    };

    private void Part(Expr expression, int atLeast)
    {
        bool inParentheses = LevelOf(expression) < atLeast;
        _text.Append(inParentheses ? "(" : "");
        Bare(expression);
        _text.Append(inParentheses ? ")" : "");
    }

    private void Bare(Expr expression)
    {
        switch (expression)
        {
            case LiteralExpr literal:
                _text.Append(CelFormat.Literal(literal.Value));
                break;
            case IdentifierExpr identifier:
                _text.Append(identifier.IsRoot ? "." : "").Append(identifier.Name);
                break;
            case SelectExpr select:
                Select(select);
                break;
            case CallExpr call:
                Call(call);
                break;
            case LogicalExpr logical:
                Joined(logical.Operands, logical.IsAnd ? " && " : " || ", LevelOf(logical) + 1);
                break;
            case ConditionalExpr conditional:
                Part(conditional.Condition, Logical);
                _text.Append(" ? ");
                Part(conditional.Then, Logical);
                _text.Append(" : ");
                Part(conditional.Otherwise, Lowest);
                break;
            default:
                Compound(expression);
                break;
        }
    }

    private void Compound(Expr expression)
    {
        switch (expression)
        {
            case ListExpr list:
                Entries("[", list.Elements, list.Optional, "]", _ => "");
                break;
            case MapExpr map:
                Entries("{", map.Values, map.Optional, "}", i => Write(map.Keys[i]) + ": ");
                break;
            case MessageExpr message:
                Entries(message.Name + "{", message.Values, message.Optional, "}", i => message.Fields[i] + ": ");
                break;
            case MacroExpr macro:
                Part(macro.Range, Primary);
                _text.Append('.').Append(macro.Name).Append('(').AppendJoin(", ", macro.Variables);
                Argument(macro.Condition);
                Argument(macro.Result);
                _text.Append(')');
                break;
            case BindExpr bind:
                _text.Append("cel.bind(").Append(bind.Name);
                Argument(bind.Value);
                Argument(bind.Body);
                _text.Append(')');
                break;
            case OptionalMapExpr map:
                Part(map.Target, Primary);
                _text.Append(map.IsFlat ? ".optFlatMap(" : ".optMap(").Append(map.Name);
                Argument(map.Body);
                _text.Append(')');
                break;
            default:
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"unknown part {expression.GetType()}"));
        }
    }

    private void Entries(string open, Expr[] values, bool[] optional, string close, Func<int, string> key)
    {
        _text.Append(open);
        for (int i = 0; i < values.Length; i++)
        {
            _text.Append(i > 0 ? ", " : "").Append(optional[i] ? "?" : "").Append(key(i));
            Part(values[i], Lowest);
        }

        _text.Append(close);
    }

    private void Select(SelectExpr select)
    {
        _text.Append(select.IsTest ? "has(" : "");
        Part(select.Operand, Primary);
        _text.Append(select.IsOptional ? ".?" : ".");
        bool plain = select.Field.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(select.Field[0])
            && select.Field is not ("in" or "true" or "false" or "null");
        _text.Append(plain ? select.Field : $"`{select.Field}`").Append(select.IsTest ? ")" : "");
    }

    private void Call(CallExpr call)
    {
        if (call.Target is null && Operators.TryGetBinary(call.Function, out (string Sign, int Level) found))
        {
            Part(call.Arguments[0], found.Level);
            _text.Append(' ').Append(found.Sign).Append(' ');
            Part(call.Arguments[1], found.Level + 1);
            return;
        }

        switch (call.Function)
        {
            case Operators.Not or Operators.Negate:
                _text.Append(Operators.Display(call.Function));
                // A sign before a number would become a part of it.
                bool isNumber = call.Function == Operators.Negate && call.Arguments[0] is not CallExpr { Function: Operators.Negate };
                Part(call.Arguments[0], isNumber && StartsWithNumber(call.Arguments[0]) ? Primary + 1 : Primary);
                break;
            case Operators.Index or Operators.OptionalIndex:
                Part(call.Arguments[0], Primary);
                _text.Append(call.Function == Operators.Index ? "[" : "[?");
                Part(call.Arguments[1], Lowest);
                _text.Append(']');
                break;
            default:
                if (call.Target is not null)
                {
                    Part(call.Target, Primary);
                    _text.Append('.');
                }

                _text.Append(call.Function).Append('(');
                Joined(call.Arguments, ", ", Lowest);
                _text.Append(')');
                break;
        }
    }

    private static bool StartsWithNumber(Expr expression) => expression switch
    {
        LiteralExpr literal => literal.Value.IsNumber,
        SelectExpr { IsTest: false } select => StartsWithNumber(select.Operand),
        CallExpr { Target: { } target } => StartsWithNumber(target),
        CallExpr { Function: Operators.Index or Operators.OptionalIndex } call => StartsWithNumber(call.Arguments[0]),
        MacroExpr macro => StartsWithNumber(macro.Range),
        OptionalMapExpr map => StartsWithNumber(map.Target),
        _ => false,
    };

    private void Argument(Expr? expression)
    {
        if (expression is not null)
        {
            _text.Append(", ");
            Part(expression, Lowest);
        }
    }

    private void Joined(Expr[] parts, string separator, int atLeast)
    {
        for (int i = 0; i < parts.Length; i++)
        {
            _text.Append(i > 0 ? separator : "");
            Part(parts[i], atLeast);
        }
    }
}
