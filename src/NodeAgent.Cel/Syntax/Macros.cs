// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Syntax;

/// <summary>Recognises the macros by name and number of arguments; a call that fits none is a plain call.</summary>
internal static class Macros
{
    public static Expr? Expand(int offset, string name, Expr? target, Expr[] arguments) => (name, target, arguments.Length) switch
    {
        ("has", null, 1) => Has(arguments[0]),
        ("all", not null, 2) => OneVariable(offset, name, MacroKind.All, target, arguments, arguments[1], null),
        ("all", not null, 3) => TwoVariables(offset, name, MacroKind.All, target, arguments, arguments[2], null),
        ("exists", not null, 2) => OneVariable(offset, name, MacroKind.Exists, target, arguments, arguments[1], null),
        ("exists", not null, 3) => TwoVariables(offset, name, MacroKind.Exists, target, arguments, arguments[2], null),
        ("exists_one" or "existsOne", not null, 2) => OneVariable(offset, name, MacroKind.ExistsOne, target, arguments, arguments[1], null),
        ("exists_one" or "existsOne", not null, 3) => TwoVariables(offset, name, MacroKind.ExistsOne, target, arguments, arguments[2], null),
        ("map", not null, 2) => OneVariable(offset, name, MacroKind.Map, target, arguments, null, arguments[1]),
        ("map", not null, 3) => OneVariable(offset, name, MacroKind.Map, target, arguments, arguments[1], arguments[2]),
        ("filter", not null, 2) => OneVariable(offset, name, MacroKind.Filter, target, arguments, arguments[1], null),
        ("transformList", not null, 3) => TwoVariables(offset, name, MacroKind.Map, target, arguments, null, arguments[2]),
        ("transformList", not null, 4) => TwoVariables(offset, name, MacroKind.Map, target, arguments, arguments[2], arguments[3]),
        ("transformMap", not null, 3) => TwoVariables(offset, name, MacroKind.TransformMap, target, arguments, null, arguments[2]),
        ("transformMap", not null, 4) => TwoVariables(offset, name, MacroKind.TransformMap, target, arguments, arguments[2], arguments[3]),
        ("transformMapEntry", not null, 3) => TwoVariables(offset, name, MacroKind.TransformMapEntry, target, arguments, null, arguments[2]),
        ("transformMapEntry", not null, 4) => TwoVariables(offset, name, MacroKind.TransformMapEntry, target, arguments, arguments[2], arguments[3]),
        ("bind", IdentifierExpr { Name: "cel" }, 3) => new BindExpr(offset, Variable(arguments[0], name), arguments[1], arguments[2]),
        ("optMap", not null, 2) => new OptionalMapExpr(offset, target, Variable(arguments[0], name), arguments[1], isFlat: false),
        ("optFlatMap", not null, 2) => new OptionalMapExpr(offset, target, Variable(arguments[0], name), arguments[1], isFlat: true),
        ("greatest" or "least", IdentifierExpr { Name: "math" }, _) => Extreme(offset, name, target, arguments),
        ("sortBy", not null, 2) => new MacroExpr(offset, name, MacroKind.SortBy, target, [Variable(arguments[0], name)], null, arguments[1]),
        _ => null,
    };

    private static SelectExpr Has(Expr argument) => argument is SelectExpr { IsTest: false } select
        ? new SelectExpr(select.Offset, select.Operand, select.Field, select.IsOptional, isTest: true)
        : throw new CelSyntaxException(argument.Offset, "has() takes the selection of a field, has(a.b)");

    private static MacroExpr OneVariable(int offset, string name, MacroKind kind, Expr range, Expr[] arguments, Expr? condition, Expr? result) =>
        new(offset, name, kind, range, [Variable(arguments[0], name)], condition, result);

    private static MacroExpr TwoVariables(int offset, string name, MacroKind kind, Expr range, Expr[] arguments, Expr? condition, Expr? result)
    {
        string[] variables = [Variable(arguments[0], name), Variable(arguments[1], name)];
        return variables[0] != variables[1] ? new MacroExpr(offset, name, kind, range, variables, condition, result)
            : throw new CelSyntaxException(arguments[1].Offset, $"the two variables of {name}() need different names");
    }

    private static string Variable(Expr expression, string macro) => expression is IdentifierExpr { IsRoot: false } identifier ? identifier.Name
        : throw new CelSyntaxException(expression.Offset, $"the first argument of {macro}() names its variable: a simple name is expected");

    // Any number of arguments: more than two become one list.
    private static CallExpr Extreme(int offset, string name, Expr target, Expr[] arguments)
    {
        foreach (Expr argument in arguments)
        {
            bool fits = argument is not (MapExpr or MessageExpr or LiteralExpr { Value.IsNumber: false })
                && (argument is not ListExpr list || (arguments.Length == 1 && list.Elements.Length > 0
                    && list.Elements.All(e => e is not (ListExpr or MapExpr or MessageExpr or LiteralExpr { Value.IsNumber: false }))));
            if (!fits)
            {
                throw new CelSyntaxException(argument.Offset, $"math.{name}() takes numbers or one list of numbers");
            }
        }

        return arguments.Length switch
        {
            0 => throw new CelSyntaxException(offset, $"math.{name}() needs at least one argument"),
            <= 2 => new CallExpr(offset, name, target, arguments),
            _ => new CallExpr(offset, name, target, new ListExpr(offset, arguments, new bool[arguments.Length])),
        };
    }
}
