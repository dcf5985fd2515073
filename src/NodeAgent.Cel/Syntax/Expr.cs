// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Syntax;

/// <summary>A part of an expression as it was written; macros stay whole. The checker writes the types into it.</summary>
internal abstract class Expr(int offset)
{
    /// <summary>Units: UTF-16 units from the start of the text to what names the part (the operator, the function).</summary>
    public int Offset { get; } = offset;

    /// <summary>Levels below this part, itself included; bounds every recursion over the tree.</summary>
    public int Depth { get; protected init; } = 1;

    /// <summary>Dyn until it was checked.</summary>
    public CelType Type { get; set; } = CelType.Dyn;

    /// <summary>What the name stands for, of those parts that are names.</summary>
    public Binding? Binding { get; set; }

    protected static int Below(IEnumerable<Expr> parts) => parts.Aggregate(0, (depth, part) => Math.Max(depth, part.Depth)) + 1;
}

internal sealed class LiteralExpr(int offset, CelValue value) : Expr(offset)
{
    public CelValue Value { get; } = value;
}

/// <param name="isRoot">Written with a dot before it: no namespace applies.</param>
internal sealed class IdentifierExpr(int offset, string name, bool isRoot) : Expr(offset)
{
    public string Name { get; } = name;

    public bool IsRoot { get; } = isRoot;
}

internal sealed class SelectExpr : Expr
{
    public SelectExpr(int offset, Expr operand, string field, bool isOptional = false, bool isTest = false)
        : base(offset)
    {
        (Operand, Field, IsOptional, IsTest) = (operand, field, isOptional, isTest);
        Depth = operand.Depth + 1;
    }

    public Expr Operand { get; }

    public string Field { get; }

    /// <summary>Written <c>.?field</c>.</summary>
    public bool IsOptional { get; }

    /// <summary>Written <c>has(operand.field)</c>.</summary>
    public bool IsTest { get; }
}

/// <summary>A call of a function; operators are functions with the names of <see cref="Operators"/>.</summary>
internal sealed class CallExpr : Expr
{
    public CallExpr(int offset, string function, Expr? target, params Expr[] arguments)
        : base(offset)
    {
        (Function, Target, Arguments) = (function, target, arguments);
        Depth = Below(target is null ? arguments : [target, .. arguments]);
    }

    public string Function { get; }

    public Expr? Target { get; }

    public Expr[] Arguments { get; }

    /// <summary>The overloads that the types admit: one, or several when types are known only at run time.</summary>
    public IReadOnlyList<Overload> Overloads { get; set; } = [];

    /// <summary>The target is a part of the function's name, <c>cp.was_executed</c>.</summary>
    public bool IsNamespaced { get; set; }
}

/// <summary>A row of <c>&amp;&amp;</c> or of <c>||</c>.</summary>
internal sealed class LogicalExpr : Expr
{
    public LogicalExpr(int offset, bool isAnd, params Expr[] operands)
        : base(offset)
    {
        (IsAnd, Operands) = (isAnd, operands);
        Depth = Below(operands);
    }

    public bool IsAnd { get; }

    public Expr[] Operands { get; }
}

internal sealed class ConditionalExpr : Expr
{
    public ConditionalExpr(int offset, Expr condition, Expr then, Expr otherwise)
        : base(offset)
    {
        (Condition, Then, Otherwise) = (condition, then, otherwise);
        Depth = Below([condition, then, otherwise]);
    }

    public Expr Condition { get; }

    public Expr Then { get; }

    public Expr Otherwise { get; }
}

internal sealed class ListExpr : Expr
{
    public ListExpr(int offset, Expr[] elements, bool[] optional)
        : base(offset)
    {
        (Elements, Optional) = (elements, optional);
        Depth = Below(elements);
    }

    public Expr[] Elements { get; }

    /// <summary>Which elements were written <c>?element</c>: optional values that are left out when empty.</summary>
    public bool[] Optional { get; }
}

internal sealed class MapExpr : Expr
{
    public MapExpr(int offset, Expr[] keys, Expr[] values, bool[] optional)
        : base(offset)
    {
        (Keys, Values, Optional) = (keys, values, optional);
        Depth = Below([.. keys, .. values]);
    }

    public Expr[] Keys { get; }

    public Expr[] Values { get; }

    public bool[] Optional { get; }
}

/// <summary><c>Name{field: value}</c>.</summary>
internal sealed class MessageExpr : Expr
{
    public MessageExpr(int offset, string name, string[] fields, Expr[] values, bool[] optional)
        : base(offset)
    {
        (Name, Fields, Values, Optional) = (name, fields, values, optional);
        Depth = Below(values);
    }

    public string Name { get; }

    public string[] Fields { get; }

    public Expr[] Values { get; }

    public bool[] Optional { get; }
}
