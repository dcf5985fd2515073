// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>Calls: typed nodes for what rules are made of, one general node for the rest.</summary>
internal sealed partial class Planner
{
    private Node Call(CallExpr call)
    {
        Expr[] arguments = call.Target is not null && !call.IsNamespaced ? [call.Target, .. call.Arguments] : call.Arguments;
        Node[] nodes = Nodes(arguments);
        if (arguments.Length > FunctionTable.MostParameters)
        {
            return new CallNode(call.Offset, [], [], isCertain: false);
        }

        Node node = Typed(call, arguments, nodes) ?? General(call, arguments, nodes);
        bool isPure = call.Overloads.Count > 0 && call.Overloads.All(o => o.Traits.HasFlag(CelFunctionTraits.Pure));
        return isPure ? Folded(node, nodes) : node;
    }

    private static CallNode General(CallExpr call, Expr[] arguments, Node[] nodes)
    {
        bool isCertain = call.Overloads.Count == 1 && arguments.Zip(call.Overloads[0].Parameters).All(pair => IsCertain(pair.First.Type, pair.Second));
        return new CallNode(call.Offset, [.. call.Overloads], nodes, isCertain);
    }

    // Whether each value of the one type fits the other at run time, so that nobody need look.
    private static bool IsCertain(CelType found, CelType expected) =>
        expected.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter
        || (found.Kind == expected.Kind && found.Kind is not (CelTypeKind.Nullable or CelTypeKind.Object or CelTypeKind.Timestamp or CelTypeKind.Duration or CelTypeKind.Optional));

    private Node? Typed(CallExpr call, Expr[] arguments, Node[] nodes)
    {
        CelTypeKind left = arguments.Length > 0 ? arguments[0].Type.Kind : CelTypeKind.Dyn;
        CelTypeKind right = arguments.Length > 1 ? arguments[1].Type.Kind : left;
        switch (call.Function)
        {
            case Operators.Equal or Operators.NotEqual:
                return Equality(call, nodes, left, right);
            case Operators.Less or Operators.LessOrEqual or Operators.Greater or Operators.GreaterOrEqual
                when left == right && left is CelTypeKind.Int or CelTypeKind.Uint:
                return new BitsCompareNode(call.Offset, ComparisonOf(call.Function), left == CelTypeKind.Uint, nodes[0], nodes[1]);
            case Operators.Not when left == CelTypeKind.Bool:
                return new NotNode(call.Offset, nodes[0]);
            case Operators.Add or Operators.Subtract or Operators.Multiply or Operators.Divide or Operators.Modulo when left == CelTypeKind.Int && right == left:
                return new IntArithmeticNode(call.Offset, call.Function, nodes[0], nodes[1]);
            case Operators.Add when left == CelTypeKind.String && right == left:
                return new TextJoinNode(call.Offset, nodes);
            case "string" when nodes.Length == 1 && left is CelTypeKind.Int or CelTypeKind.Uint && !call.IsNamespaced:
                return new NumberTextNode(call.Offset, nodes[0], left == CelTypeKind.Uint);
            case Operators.In when left == CelTypeKind.String && nodes[1] is ConstantNode { Constant.Kind: CelKind.List } constant && Texts(constant.Constant.List) is { } texts:
                return new TextSetNode(call.Offset, nodes[0], texts);
            case Operators.In when left is CelTypeKind.Int or CelTypeKind.Uint && nodes[1] is ConstantNode { Constant.Kind: CelKind.List } constant
                && Numbers(constant.Constant.List, left == CelTypeKind.Int ? CelKind.Int : CelKind.Uint) is { } numbers:
                return new BitsSetNode(call.Offset, nodes[0], numbers);
            case "startsWith" or "endsWith" or "contains" when nodes.Length == 2 && left == CelTypeKind.String && right == left && !call.IsNamespaced:
                return new TextTestNode(call.Offset, TestOf(call.Function), nodes[0], nodes[1]);
            case "matches" when nodes.Length == 2 && left == CelTypeKind.String && nodes[1] is ConstantNode { Constant.Kind: CelKind.String } pattern && !call.IsNamespaced:
                return Compiled(pattern) is { } compiled ? new MatchesNode(call.Offset, nodes[0], compiled) : null;
            default:
                return call.Overloads is [{ Test: { } test }] && left == CelTypeKind.String && right == left ? new TextQuestionNode(call.Offset, test, nodes) : null;
        }
    }

    private static Node Equality(CallExpr call, Node[] nodes, CelTypeKind left, CelTypeKind right)
    {
        bool isEqual = call.Function == Operators.Equal;
        if (left != right)
        {
            return new EqualNode(call.Offset, isEqual, nodes[0], nodes[1]);
        }

        return left switch
        {
            CelTypeKind.String => new TextEqualNode(call.Offset, isEqual, nodes[0], nodes[1]),
            CelTypeKind.Int or CelTypeKind.Uint or CelTypeKind.Bool => new BitsCompareNode(call.Offset, ComparisonOf(call.Function), false, nodes[0], nodes[1]),
            _ => new EqualNode(call.Offset, isEqual, nodes[0], nodes[1]),
        };
    }

    // A pattern that is none is an error of the evaluation, as if it were no constant.
    private Pattern? Compiled(ConstantNode pattern)
    {
        if (!_scratch.Patterns.TryGet(pattern.Constant.Text, out Pattern? compiled, out string reason))
        {
            _warnings.Add((pattern.Offset, $"invalid regular expression {pattern.Constant}: {reason}"));
        }

        return compiled;
    }

    private static long[]? Numbers(CelList list, CelKind kind)
    {
        long[] numbers = new long[list.Count];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (list[i].Kind != kind)
            {
                return null;
            }

            numbers[i] = list[i].Int;
        }

        return numbers;
    }

    private static CelText[]? Texts(CelList list)
    {
        var texts = new CelText[list.Count];
        for (int i = 0; i < texts.Length; i++)
        {
            if (list[i].Kind != CelKind.String)
            {
                return null;
            }

            texts[i] = list[i].Text;
        }

        return texts;
    }

    private static Comparison ComparisonOf(string function) => function switch
    {
        Operators.Equal => Comparison.Equal,
        Operators.NotEqual => Comparison.NotEqual,
        Operators.Less => Comparison.Less,
        Operators.LessOrEqual => Comparison.LessOrEqual,
        Operators.Greater => Comparison.Greater,
        _ => Comparison.GreaterOrEqual,
    };

    private static TextTest TestOf(string function) => function switch
    {
        "startsWith" => TextTest.StartsWith,
        "endsWith" => TextTest.EndsWith,
        _ => TextTest.Contains,
    };
}
