// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Syntax;

internal enum MacroKind
{
    All,
    Exists,
    ExistsOne,

    /// <summary><c>map</c> and <c>transformList</c>.</summary>
    Map,
    Filter,
    TransformMap,
    TransformMapEntry,
    SortBy,
}

/// <summary>A macro over a list or a map: one or two variables, perhaps a condition, perhaps a result for each element.</summary>
internal sealed class MacroExpr : Expr
{
    public MacroExpr(int offset, string name, MacroKind kind, Expr range, string[] variables, Expr? condition, Expr? result)
        : base(offset)
    {
        (Name, Kind, Range, Variables, Condition, Result) = (name, kind, range, variables, condition, result);
        Depth = Below(new[] { range, condition, result }.OfType<Expr>());
    }

    /// <summary>As written.</summary>
    public string Name { get; }

    public MacroKind Kind { get; }

    public Expr Range { get; }

    public string[] Variables { get; }

    public Expr? Condition { get; }

    public Expr? Result { get; }
}

/// <summary><c>cel.bind(name, value, body)</c>.</summary>
internal sealed class BindExpr : Expr
{
    public BindExpr(int offset, string name, Expr value, Expr body)
        : base(offset)
    {
        (Name, Value, Body) = (name, value, body);
        Depth = Below([value, body]);
    }

    public string Name { get; }

    public Expr Value { get; }

    public Expr Body { get; }
}

/// <summary><c>target.optMap(name, body)</c> and <c>target.optFlatMap(name, body)</c>.</summary>
internal sealed class OptionalMapExpr : Expr
{
    public OptionalMapExpr(int offset, Expr target, string name, Expr body, bool isFlat)
        : base(offset)
    {
        (Target, Name, Body, IsFlat) = (target, name, body, isFlat);
        Depth = Below([target, body]);
    }

    public Expr Target { get; }

    public string Name { get; }

    public Expr Body { get; }

    public bool IsFlat { get; }
}
