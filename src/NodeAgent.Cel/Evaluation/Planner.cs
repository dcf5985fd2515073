// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>Turns a checked expression into nodes: the fastest form that the types allow, constants found ahead, common parts shared.</summary>
internal sealed partial class Planner
{
    private readonly CelContext _scratch;
    private readonly SharedParts? _shared;

    // The variables of the macros around the part at hand, and the place of the next one.
    private readonly List<(string Name, int Slot)> _locals = [];
    private int _next;
    private readonly List<(int Offset, string Message)> _warnings = [];

    private Planner(CelEnvironment environment, SharedParts? shared)
    {
        _scratch = environment.CreateContext();
        _shared = shared;
    }

    public static CelProgram Plan(CelEnvironment environment, string text, CheckedExpression expression, SharedParts? shared)
    {
        var planner = new Planner(environment, shared);
        Node root = planner.Node(expression.Root);
        CelIssue[] warnings = [.. planner._warnings.Select(w => CelIssue.At(text, w.Offset, w.Message))];
        return new CelProgram(text, root, expression.Root.Type, expression.Locals, CostEstimator.Estimate(environment.Limits, expression.Root), warnings);
    }

    private Node Node(Expr expression) =>
        _shared is not null && _shared.TryFind(expression, out int part) ? _shared.Node(part, () => Apart(expression)) : Bare(expression);

    private Node Apart(Expr expression)
    {
        int next = _next;
        _next = _shared!.ReserveLocals(expression);
        Node node = Bare(expression);
        _next = next;
        return node;
    }

    private Node[] Nodes(IEnumerable<Expr> expressions) => [.. expressions.Select(Node)];

    private Node Bare(Expr expression) => expression switch
    {
        LiteralExpr literal => new ConstantNode(literal.Offset, literal.Value),
        IdentifierExpr identifier => Name(identifier, identifier.Name),
        SelectExpr { Binding: not null } select => Name(select, select.Field),
        SelectExpr select => Select(select),
        CallExpr call => Call(call),
        LogicalExpr logical => new LogicNode(logical.Offset, logical.IsAnd, Nodes(logical.Operands)),
        ConditionalExpr conditional => Conditional(conditional),
        ListExpr list => List(list),
        MapExpr map => new MapNode(map.Offset, Nodes(map.Keys), Nodes(map.Values), map.Optional),
        MessageExpr message => new MessageNode(message.Offset, message.Name, message.Fields, Nodes(message.Values), message.Optional),
        MacroExpr macro => Macro(macro),
        BindExpr bind => new BindNode(bind.Offset, _next, Node(bind.Value), Inside([bind.Name], bind.Body)!),
        OptionalMapExpr map => new OptionalMapNode(map.Offset, _next, Node(map.Target), Inside([map.Name], map.Body)!, map.IsFlat),
        _ => throw new InvalidOperationException($"unknown part {expression.GetType()}"),
    };

    private Node? Inside(string[] variables, Expr? body)
    {
        if (body is null)
        {
            return null;
        }

        _locals.AddRange(variables.Select((name, i) => (name, _next + i)));
        _next += variables.Length;
        Node node = Node(body);
        _next -= variables.Length;
        _locals.RemoveRange(_locals.Count - variables.Length, variables.Length);
        return node;
    }

    private Node Name(Expr expression, string name) => expression.Binding switch
    {
        VariableBinding variable => new VariableNode(expression.Offset, variable.Variable),
        LocalBinding local => new LocalNode(expression.Offset, _locals.FindLast(l => l.Name == local.Name).Slot),
        TypeBinding type => new ConstantNode(expression.Offset, CelValue.Of(type.Named)),
        _ => new UnboundNode(expression.Offset, name),
    };

    private Node Select(SelectExpr select)
    {
        Node operand = Node(select.Operand);
        CelType type = select.Operand.Type;
        if (!select.IsOptional && type.Kind == CelTypeKind.Object && type.Fields!.TryGetField(select.Field, out CelField? field))
        {
            Node? direct = select.IsTest || select.Operand.Binding is not VariableBinding variable ? null : field.OfVariable(select.Offset, variable.Variable);
            return select.IsTest ? new FieldTestNode(select.Offset, operand, field) : direct ?? new FieldNode(select.Offset, operand, field);
        }

        SelectMode mode = (select.IsTest, select.IsOptional) switch
        {
            (true, true) => SelectMode.OptionalTest,
            (true, false) => SelectMode.Test,
            (false, true) => SelectMode.Optional,
            _ => SelectMode.Plain,
        };
        return Folded(new SelectNode(select.Offset, operand, select.Field, mode), [operand]);
    }

    private Node Conditional(ConditionalExpr conditional)
    {
        Node condition = Node(conditional.Condition);
        return condition is ConstantNode { Constant.Kind: CelKind.Bool } constant
            ? Node(constant.Constant.Bool ? conditional.Then : conditional.Otherwise)
            : new ConditionalNode(conditional.Offset, condition, Node(conditional.Then), Node(conditional.Otherwise));
    }

    private Node List(ListExpr list)
    {
        Node[] elements = Nodes(list.Elements);
        return Folded(new ListNode(list.Offset, elements, list.Optional), elements);
    }

    private Node Macro(MacroExpr macro)
    {
        Node range = Node(macro.Range);
        bool two = macro.Variables.Length == 2;
        int slot = _next;
        Node? condition = Inside(macro.Variables, macro.Condition);
        Node? result = Inside(macro.Variables, macro.Result);
        int weight = 1 + Weight(macro.Condition) + Weight(macro.Result);
        return macro.Kind switch
        {
            MacroKind.All or MacroKind.Exists => new QuantifierNode(macro.Offset, range, slot, two, weight, macro.Kind == MacroKind.All, condition!),
            MacroKind.ExistsOne => new ExistsOneNode(macro.Offset, range, slot, two, weight, condition!),
            MacroKind.Map or MacroKind.Filter => new ListMacroNode(macro.Offset, range, slot, two, weight, condition, result),
            MacroKind.SortBy => new SortByNode(macro.Offset, range, slot, weight, result!),
            _ => new MapMacroNode(macro.Offset, range, slot, weight, macro.Kind == MacroKind.TransformMapEntry, condition, result!),
        };
    }

    /// <summary>The node, or what it gives when everything below it is known already.</summary>
    private Node Folded(Node node, Node[] parts)
    {
        const int LongestText = 64 * 1024;
        if (parts.Any(p => p is not ConstantNode))
        {
            return node;
        }

        _scratch.Begin(0);
        CelValue value = node.Value(_scratch);
        return _scratch.Fault == CelFault.None && value.Text.Length <= LongestText ? new ConstantNode(node.Offset, value) : node;
    }

    // Parts of a macro's body, each of which every round may evaluate.
    private static int Weight(Expr? expression) => expression is null ? 0 : ExprParts.Count(expression);
}
