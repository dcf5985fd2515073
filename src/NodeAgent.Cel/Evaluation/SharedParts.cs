// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Runtime.CompilerServices;
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>Finds the parts that occur more than once among expressions, and keeps one node for each.</summary>
/// <remarks>Equal parts get one number: a part's key is what it is with the numbers of the parts below, so the search is linear.</remarks>
internal sealed class SharedParts(CelProgramSet owner)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<Expr, Part> _parts = new(ReferenceComparer.Instance);
    private readonly Dictionary<int, int> _counts = [];
    private readonly Dictionary<int, MemoNode> _nodes = [];

    /// <summary>How many results an evaluation keeps.</summary>
    public int Cells => _nodes.Count;

    /// <summary>The places of macro variables that are taken: a shared part has its own, since it may stand anywhere.</summary>
    public int Locals { get; private set; }

    public void Add(CheckedExpression expression)
    {
        Locals = Math.Max(Locals, expression.Locals);
        Visit(expression.Root);
    }

    public int ReserveLocals(Expr expression)
    {
        int first = Locals;
        Locals += ExprParts.LocalsOf(expression);
        return first;
    }

    /// <returns>Whether the part is worth keeping: it occurs again, calls something, and tells the same for the whole of an event.</returns>
    public bool TryFind(Expr expression, out int number)
    {
        bool known = _parts.TryGetValue(expression, out Part part);
        number = part.Number;
        return known && part.IsShareable && expression is CallExpr { Function: not (Operators.Not or Operators.Negate) } or MacroExpr
            && part.Calls && _counts[number] > 1;
    }

    public Node Node(int number, Func<Node> create)
    {
        if (!_nodes.TryGetValue(number, out MemoNode? node))
        {
            Node inner = create();
            if (inner is ConstantNode)
            {
                return inner;
            }

            _nodes.Add(number, node = new MemoNode(inner, owner, _nodes.Count));
        }

        return node;
    }

    private Part Visit(Expr expression)
    {
        Part[] below = [.. ExprParts.Of(expression).Select(Visit)];
        string key = $"{Describe(expression)}({string.Join(',', below.Select(b => b.Number.ToString(CultureInfo.InvariantCulture)))})";
        if (!_numbers.TryGetValue(key, out int number))
        {
            _numbers.Add(key, number = _numbers.Count);
        }

        _counts[number] = _counts.GetValueOrDefault(number) + 1;
        bool isStateful = expression is CallExpr call && call.Overloads.Any(o => o.Traits.HasFlag(CelFunctionTraits.Stateful));
        bool isStateless = !isStateful && below.All(b => b.IsStateless);
        bool brings = ExprParts.VariablesOf(expression).Count > 0;
        bool isClosed = brings && !IsOpen(expression, []);
        bool usesLocals = brings ? !isClosed : expression.Binding is LocalBinding || below.Any(b => b.UsesLocals);
        bool calls = expression is MacroExpr or CallExpr { Target: not null } || (expression is CallExpr { Function: var f } && (char.IsAsciiLetter(f[0]) || f == Operators.In))
            || below.Any(b => b.Calls);
        var part = new Part(number, isStateless && !usesLocals, usesLocals, isStateless, calls);
        _parts.Add(expression, part);
        return part;
    }

    // Whether a part names a variable of a macro that is not within it.
    private static bool IsOpen(Expr expression, HashSet<string> inside)
    {
        if (expression is IdentifierExpr { Binding: LocalBinding local })
        {
            return !inside.Contains(local.Name);
        }

        var within = new HashSet<string>(inside.Concat(ExprParts.VariablesOf(expression)), StringComparer.Ordinal);
        return ExprParts.Of(expression).Select((part, i) => IsOpen(part, i == 0 ? inside : within)).Any(open => open);
    }

    private static string Describe(Expr expression) => expression switch
    {
        LiteralExpr literal => $"literal {literal.Value.Kind} {CelFormat.Literal(literal.Value)}",
        IdentifierExpr or SelectExpr { Binding: not null } => expression.Binding switch
        {
            VariableBinding variable => $"variable {variable.Variable.Name}",
            LocalBinding local => $"local {local.Name}",
            TypeBinding type => $"type {type.Named}",
            _ => $"unknown {RuntimeHelpers.GetHashCode(expression)}",
        },
        SelectExpr select => $"select {select.Field} {select.IsOptional} {select.IsTest}",
        CallExpr call => $"call {call.Function} {(call.IsNamespaced ? Parser.QualifiedName(call.Target!) : "")} {call.Target is null}",
        LogicalExpr logical => logical.IsAnd ? "and" : "or",
        ListExpr list => $"list {string.Join(',', list.Optional)}",
        MapExpr map => $"map {string.Join(',', map.Optional)}",
        MessageExpr message => $"message {message.Name} {string.Join(',', message.Fields)} {string.Join(',', message.Optional)}",
        MacroExpr macro => $"macro {macro.Kind} {string.Join(',', macro.Variables)} {macro.Condition is null}",
        BindExpr bind => $"bind {bind.Name}",
        OptionalMapExpr map => $"optional map {map.Name} {map.IsFlat}",
        _ => expression.GetType().Name,
    };

    /// <param name="Number">Equal parts have one number.</param>
    private readonly record struct Part(int Number, bool IsShareable, bool UsesLocals, bool IsStateless, bool Calls);

    private sealed class ReferenceComparer : IEqualityComparer<Expr>
    {
        public static readonly ReferenceComparer Instance = new();

        public bool Equals(Expr? x, Expr? y) => ReferenceEquals(x, y);

        public int GetHashCode(Expr expression) => RuntimeHelpers.GetHashCode(expression);
    }
}
