// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Checking;

/// <summary>Finds the type of each part, what each name stands for and which overloads each call may mean.</summary>
/// <remarks>Errors: issues with their places; the check goes on behind them, so that one run shows all.</remarks>
internal sealed partial class Checker
{
    private const int MostIssues = 50;

    private readonly CelEnvironment _environment;
    private readonly TypeMapping _mapping = new();
    private readonly Scope _scope = new();
    private readonly List<Expr> _checked = [];
    private readonly List<(int Offset, string Message)> _issues = [];

    private Checker(CelEnvironment environment) => _environment = environment;

    /// <param name="expected">What the expression must give; null when anything will do.</param>
    public static CheckedExpression Check(CelEnvironment environment, Expr root, CelType? expected)
    {
        var checker = new Checker(environment);
        CelType type = checker.Type(root);
        if (expected is not null && !checker._mapping.IsAssignable(type, expected))
        {
            checker.Report(root, $"expected an expression of type {expected}, found {checker.Show(type)}");
        }

        foreach (Expr part in checker._checked)
        {
            part.Type = checker._mapping.Resolve(part.Type, freeIsDyn: true);
            if (part.Binding is LocalBinding local)
            {
                part.Binding = local with { Type = part.Type };
            }
        }

        return new CheckedExpression(root, checker._scope.Most, checker._issues);
    }

    private bool IsDynamic => _environment.IsDynamic;

    private CelType Type(Expr expression)
    {
        CelType type = expression switch
        {
            LiteralExpr literal => IsDynamic ? CelType.Dyn : RuntimeTypes.Of(literal.Value),
            IdentifierExpr identifier => Identifier(identifier),
            SelectExpr select => Select(select),
            CallExpr call => Call(call),
            LogicalExpr logical => Logical(logical),
            ConditionalExpr conditional => Conditional(conditional),
            ListExpr list => List(list),
            MapExpr map => Map(map),
            MessageExpr message => Message(message),
            MacroExpr macro => Macro(macro),
            BindExpr bind => Bind(bind),
            OptionalMapExpr map => OptionalMap(map),
            _ => throw new InvalidOperationException($"unknown part {expression.GetType()}"),
        };
        expression.Type = type;
        _checked.Add(expression);
        return type;
    }

    private void Report(Expr where, string message)
    {
        if (!IsDynamic && _issues.Count < MostIssues)
        {
            _issues.Add((where.Offset, message));
        }
    }

    private CelType Fail(Expr where, string message)
    {
        Report(where, message);
        return CelType.Dyn;
    }

    private string Show(CelType type) => _mapping.Resolve(type, freeIsDyn: true).ToString();

    private CelType Known(CelType type) => _mapping.Resolve(type, freeIsDyn: false);

    private CelType Identifier(IdentifierExpr identifier)
    {
        Binding? binding = (identifier.IsRoot ? null : _scope.Find(identifier.Name)) ?? _environment.Resolve((identifier.IsRoot ? "." : "") + identifier.Name);
        if (binding is null)
        {
            return Fail(identifier, $"unknown name '{identifier.Name}'{Suggestion.For(identifier.Name, _scope.Names.Concat(_environment.ShortNames))}");
        }

        identifier.Binding = binding;
        return IsDynamic ? CelType.Dyn : binding.Type;
    }

    private CelType Select(SelectExpr select)
    {
        if (!select.IsTest && Parser.QualifiedName(select) is { } name && _scope.Find(name[..name.IndexOf('.', 1)]) is null
            && _environment.Resolve(name) is { } binding)
        {
            select.Binding = binding;
            return IsDynamic ? CelType.Dyn : binding.Type;
        }

        CelType operand = Known(Type(select.Operand));
        bool isOptional = select.IsOptional;
        if (operand.Kind == CelTypeKind.Optional)
        {
            isOptional = true;
            operand = operand.Parameters[0];
        }

        CelType field = Field(select, operand);
        return select.IsTest ? CelType.Bool : isOptional ? CelType.Optional(field) : field;
    }

    private CelType Field(SelectExpr select, CelType operand)
    {
        switch (operand.Kind)
        {
            case CelTypeKind.Dyn:
                return CelType.Dyn;
            case CelTypeKind.Parameter:
                _mapping.IsAssignable(operand, CelType.Dyn);
                return CelType.Dyn;
            case CelTypeKind.Map when _mapping.IsAssignable(CelType.String, operand.Parameters[0]):
                return operand.Parameters[1];
            case CelTypeKind.Object when operand.Fields!.TryGetField(select.Field, out CelField? field):
                return field.Type;
            case CelTypeKind.Object:
                return Fail(select, $"{operand.Name} has no field '{select.Field}'{Suggestion.For(select.Field, operand.Fields!.FieldNames)}");
            default:
                return Fail(select, $"expected an object or a map before '.{select.Field}', found {Show(operand)}");
        }
    }

    private CelType Logical(LogicalExpr logical)
    {
        foreach (Expr operand in logical.Operands)
        {
            ExpectBool(operand, logical.IsAnd ? "'&&'" : "'||'");
        }

        return CelType.Bool;
    }

    private void ExpectBool(Expr expression, string where)
    {
        CelType type = Type(expression);
        if (!_mapping.IsAssignable(type, CelType.Bool))
        {
            Report(expression, $"{where} expects bool, found {Show(type)}");
        }
    }

    private CelType Conditional(ConditionalExpr conditional)
    {
        ExpectBool(conditional.Condition, "the condition of '?'");
        CelType then = Type(conditional.Then);
        CelType otherwise = Type(conditional.Otherwise);
        CelType result = _mapping.Fresh();
        return _mapping.AreAssignable([then, otherwise], [result, result]) ? result
            : Fail(conditional, $"both results of '?' need one type, found {Show(then)} and {Show(otherwise)}; dyn() makes a value of any type of both");
    }

    private CelType List(ListExpr list)
    {
        CelType? element = null;
        for (int i = 0; i < list.Elements.Length; i++)
        {
            CelType type = Type(list.Elements[i]);
            element = _mapping.Join(element, list.Optional[i] ? ValueOfOptional(list.Elements[i], type) : type);
        }

        return IsDynamic ? CelType.Dyn : CelType.List(element ?? _mapping.Fresh());
    }

    private CelType Map(MapExpr map)
    {
        CelType? key = null, value = null;
        for (int i = 0; i < map.Keys.Length; i++)
        {
            CelType keyType = Known(Type(map.Keys[i]));
            if (keyType.Kind is not (CelTypeKind.Int or CelTypeKind.Uint or CelTypeKind.Bool or CelTypeKind.String or CelTypeKind.Dyn))
            {
                keyType = keyType.Kind == CelTypeKind.Parameter && _mapping.IsAssignable(keyType, CelType.Dyn) ? CelType.Dyn
                    : Fail(map.Keys[i], $"the key of a map is int, uint, bool or string, found {Show(keyType)}");
            }

            key = _mapping.Join(key, keyType);
            CelType valueType = Type(map.Values[i]);
            value = _mapping.Join(value, map.Optional[i] ? ValueOfOptional(map.Values[i], valueType) : valueType);
        }

        return IsDynamic ? CelType.Dyn : CelType.Map(key ?? _mapping.Fresh(), value ?? _mapping.Fresh());
    }

    private CelType ValueOfOptional(Expr where, CelType type)
    {
        CelType value = _mapping.Fresh();
        return _mapping.IsAssignable(type, CelType.Optional(value)) ? value
            : Fail(where, $"'?' before an element expects an optional value, found {Show(type)}");
    }
}
