// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Limits;

/// <summary>Estimates what an expression costs before it runs, from its form and from how large the host's values are taken to be.</summary>
internal sealed class CostEstimator(CelLimits limits)
{
    private const long Ceiling = long.MaxValue / 4;
    private readonly List<(string Name, long Size)> _locals = [];

    public static CelCost Estimate(CelLimits limits, Expr expression) => new CostEstimator(limits).Of(expression);

    private CelCost Of(Expr expression)
    {
        switch (expression)
        {
            case LiteralExpr:
                return default;
            case LogicalExpr logical:
                CelCost[] operands = [.. logical.Operands.Select(Of)];
                return new CelCost(operands[0].Least, operands.Aggregate(0L, (sum, o) => Add(sum, o.Most)));
            case ConditionalExpr conditional:
                CelCost condition = Of(conditional.Condition), then = Of(conditional.Then), otherwise = Of(conditional.Otherwise);
                return new CelCost(Add(condition.Least, Math.Min(then.Least, otherwise.Least)), Add(condition.Most, Math.Max(then.Most, otherwise.Most)));
            case MacroExpr macro:
                return Macro(macro);
            default:
                CelCost below = Sum(ExprParts.Of(expression).Select(Of));
                long own = expression is CallExpr call ? CallWork(call) : 0;
                return new CelCost(Add(below.Least, 1), Add(below.Most, Add(1, own)));
        }
    }

    private CelCost Macro(MacroExpr macro)
    {
        CelCost range = Of(macro.Range);
        long count = Size(macro.Range);
        long element = ElementSize(macro.Range);
        _locals.AddRange(macro.Variables.Select(v => (v, element)));
        CelCost body = Sum(new[] { macro.Condition, macro.Result }.OfType<Expr>().Select(Of));
        _locals.RemoveRange(_locals.Count - macro.Variables.Length, macro.Variables.Length);
        long least = macro.Range is ListExpr ? Multiply(macro.Kind is MacroKind.All or MacroKind.Exists ? Math.Min(count, 1) : count, Add(body.Least, 1)) : 0;
        return new CelCost(Add(range.Least, Add(least, 1)), Add(range.Most, Multiply(count, Add(body.Most, 1))));
    }

    // What a function reads: strings at 16 bytes for a step, lists at one element.
    private long CallWork(CallExpr call)
    {
        long work = 0;
        foreach (Expr argument in ExprParts.Of(call))
        {
            long size = Size(argument);
            work = Add(work, argument.Type.Kind is CelTypeKind.String or CelTypeKind.Bytes or CelTypeKind.Dyn ? size / 16 : size > 1 ? size : 0);
        }

        return call.Function == "matches" ? Multiply(work, 16) : work;
    }

    /// <summary>Bytes of a string, elements of a list or map; 1 of anything else.</summary>
    private long Size(Expr expression) => expression switch
    {
        LiteralExpr literal => literal.Value.Kind is CelKind.String or CelKind.Bytes ? literal.Value.Text.Length : 1,
        ListExpr list => list.Elements.Length,
        MapExpr map => map.Keys.Length,
        MacroExpr { Kind: MacroKind.Map or MacroKind.Filter or MacroKind.SortBy or MacroKind.TransformMap } macro => Size(macro.Range),
        ConditionalExpr conditional => Math.Max(Size(conditional.Then), Size(conditional.Otherwise)),
        CallExpr { Function: Operators.Add } call => Add(Size(call.Arguments[0]), Size(call.Arguments[1])),
        IdentifierExpr identifier when _locals.FindLastIndex(l => l.Name == identifier.Name) is >= 0 and var i => _locals[i].Size,
        _ => AssumedSize(expression.Type),
    };

    private long ElementSize(Expr range) => range switch
    {
        ListExpr list when list.Elements.Length > 0 => list.Elements.Max(Size),
        MapExpr map when map.Keys.Length > 0 => Math.Max(map.Keys.Max(Size), map.Values.Max(Size)),
        _ => range.Type.Parameters.Length > 0 ? range.Type.Parameters.Max(AssumedSize) : limits.AssumedStringLength,
    };

    private long AssumedSize(CelType type) => type.Kind switch
    {
        CelTypeKind.String or CelTypeKind.Bytes or CelTypeKind.Dyn => limits.AssumedStringLength,
        CelTypeKind.List or CelTypeKind.Map => limits.AssumedListLength,
        _ => 1,
    };

    private static CelCost Sum(IEnumerable<CelCost> costs) => costs.Aggregate(default(CelCost), (sum, c) => new CelCost(Add(sum.Least, c.Least), Add(sum.Most, c.Most)));

    private static long Add(long left, long right) => Math.Min(left + right, Ceiling);

    private static long Multiply(long left, long right) => left == 0 || right == 0 ? 0 : left > Ceiling / right ? Ceiling : left * right;
}
