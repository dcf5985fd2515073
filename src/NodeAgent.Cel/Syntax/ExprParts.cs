// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Syntax;

/// <summary>The parts directly below a part, in the order of evaluation.</summary>
internal static class ExprParts
{
    public static IEnumerable<Expr> Of(Expr expression) => expression switch
    {
        SelectExpr { Binding: not null } => [],
        SelectExpr select => [select.Operand],
        CallExpr { Target: { } target, IsNamespaced: false } call => [target, .. call.Arguments],
        CallExpr call => call.Arguments,
        LogicalExpr logical => logical.Operands,
        ConditionalExpr conditional => [conditional.Condition, conditional.Then, conditional.Otherwise],
        ListExpr list => list.Elements,
        MapExpr map => map.Keys.Concat(map.Values),
        MessageExpr message => message.Values,
        MacroExpr macro => new[] { macro.Range, macro.Condition, macro.Result }.OfType<Expr>(),
        BindExpr bind => [bind.Value, bind.Body],
        OptionalMapExpr map => [map.Target, map.Body],
        _ => [],
    };

    /// <summary>The variables that a macro brings; none for anything else.</summary>
    public static IReadOnlyList<string> VariablesOf(Expr expression) => expression switch
    {
        MacroExpr macro => macro.Variables,
        BindExpr bind => [bind.Name],
        OptionalMapExpr map => [map.Name],
        _ => [],
    };

    public static int Count(Expr expression) => 1 + Of(expression).Sum(Count);

    /// <summary>How many variables of macros an evaluation keeps at once.</summary>
    public static int LocalsOf(Expr expression) => VariablesOf(expression).Count + Of(expression).Select(LocalsOf).DefaultIfEmpty(0).Max();
}
