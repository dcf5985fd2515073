// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Checking;

/// <summary>Calls, macros and messages.</summary>
internal sealed partial class Checker
{
    private CelType Call(CallExpr call)
    {
        IReadOnlyList<Overload> candidates = Candidates(call, out bool isMember);
        Expr[] arguments = isMember && call.Target is not null ? [call.Target, .. call.Arguments] : call.Arguments;
        CelType[] types = [.. arguments.Select(Type)];
        if (candidates.Count == 0)
        {
            return Fail(call, $"unknown function '{Display(call)}'{Suggestion.For(Display(call), _environment.FunctionNames)}");
        }

        var fitting = new List<Overload>();
        CelType? result = null;
        foreach (Overload overload in candidates)
        {
            if (overload.IsMember != isMember || overload.Parameters.Length != types.Length)
            {
                continue;
            }

            (CelType[] parameters, CelType overloadResult) = _mapping.Instantiate(overload);
            if (_mapping.AreAssignable(types, parameters))
            {
                fitting.Add(overload);
                CelType found = _mapping.Resolve(overloadResult, freeIsDyn: false);
                result = result is null || result.Equals(found) ? found : CelType.Dyn;
            }
        }

        call.Overloads = fitting;
        return result is null ? Fail(call, NoOverload(candidates, isMember, types)) : IsDynamic ? CelType.Dyn : result;
    }

    private IReadOnlyList<Overload> Candidates(CallExpr call, out bool isMember)
    {
        isMember = false;
        if (call.Target is null)
        {
            return _environment.FindFunction(call.Function);
        }

        if (Parser.QualifiedName(call.Target) is { } space && _scope.Find(space.Split('.')[0]) is null)
        {
            IReadOnlyList<Overload> found = _environment.FindFunction($"{space}.{call.Function}");
            if (found.Count > 0)
            {
                call.IsNamespaced = true;
                return found;
            }
        }

        isMember = true;
        return _environment.FindFunction(call.Function) is { } all && all.Any(o => o.IsMember) ? all : [];
    }

    private string Display(CallExpr call) =>
        call.Target is not null && Parser.QualifiedName(call.Target) is { } space && _environment.IsNamespace(space) ? $"{space}.{call.Function}" : Operators.Display(call.Function);

    private string NoOverload(IReadOnlyList<Overload> candidates, bool isMember, CelType[] types)
    {
        const int MostShown = 6;
        string name = Operators.Display(candidates[0].Function);
        string found = isMember ? $"{Show(types[0])}.{name}({string.Join(", ", types.Skip(1).Select(Show))})" : $"({string.Join(", ", types.Select(Show))})";
        IEnumerable<Overload> near = candidates.Where(o => o.Parameters.Length == types.Length && o.IsMember == isMember);
        Overload[] shown = [.. near.Any() ? near : candidates];
        return $"'{name}' does not take {found}; expected {string.Join(" or ", shown.Take(MostShown).Select(o => o.ToString()))}{(shown.Length > MostShown ? ", …" : "")}";
    }


    private CelType Macro(MacroExpr macro)
    {
        CelType range = Known(Type(macro.Range));
        (CelType first, CelType second) = Elements(macro, range);
        bool two = macro.Variables.Length == 2;
        bool isMap = range.Kind == CelTypeKind.Map;
        _scope.Enter(macro.Variables[0], two || isMap ? first : second);
        if (two)
        {
            _scope.Enter(macro.Variables[1], second);
        }

        if (macro.Condition is not null)
        {
            ExpectBool(macro.Condition, $"the condition of {macro.Name}()");
        }

        CelType? result = macro.Result is null ? null : Type(macro.Result);
        _scope.Leave(macro.Variables.Length);
        if (IsDynamic)
        {
            return CelType.Dyn;
        }

        return macro.Kind switch
        {
            MacroKind.Map => CelType.List(result!),
            MacroKind.Filter => CelType.List(isMap ? first : second),
            MacroKind.TransformMap => CelType.Map(first, result!),
            MacroKind.TransformMapEntry => Entry(macro, result!),
            MacroKind.SortBy => SortKey(macro, range, result!),
            _ => CelType.Bool,
        };
    }

    // Key (or index) and value of each element.
    private (CelType First, CelType Second) Elements(MacroExpr macro, CelType range)
    {
        switch (range.Kind)
        {
            case CelTypeKind.List:
                return (CelType.Int, range.Parameters[0]);
            case CelTypeKind.Map:
                return (range.Parameters[0], range.Parameters[1]);
            case CelTypeKind.Dyn:
                return (CelType.Dyn, CelType.Dyn);
            case CelTypeKind.Parameter:
                _mapping.IsAssignable(range, CelType.Dyn);
                return (CelType.Dyn, CelType.Dyn);
            default:
                Report(macro.Range, $"{macro.Name}() goes over a list or a map, found {Show(range)}");
                return (CelType.Dyn, CelType.Dyn);
        }
    }

    private CelType Entry(MacroExpr macro, CelType result)
    {
        CelType entry = CelType.Map(_mapping.Fresh(), _mapping.Fresh());
        return _mapping.IsAssignable(result, entry) ? entry : Fail(macro, $"transformMapEntry() makes maps of one entry, found {Show(result)}");
    }

    private CelType SortKey(MacroExpr macro, CelType range, CelType key)
    {
        CelType known = Known(key);
        if (known.Kind is CelTypeKind.List or CelTypeKind.Map or CelTypeKind.Null or CelTypeKind.Type or CelTypeKind.Optional or CelTypeKind.Object)
        {
            Report(macro.Result!, $"sortBy() needs a key that has an order, found {Show(known)}");
        }

        return range.Kind == CelTypeKind.List ? range : range.Kind is CelTypeKind.Dyn or CelTypeKind.Parameter ? CelType.List(CelType.Dyn)
            : Fail(macro.Range, $"sortBy() sorts a list, found {Show(range)}");
    }

    private CelType Bind(BindExpr bind)
    {
        CelType value = Type(bind.Value);
        _scope.Enter(bind.Name, value);
        CelType body = Type(bind.Body);
        _scope.Leave(1);
        return body;
    }

    private CelType OptionalMap(OptionalMapExpr map)
    {
        CelType value = ValueOfTarget(map);
        _scope.Enter(map.Name, value);
        CelType body = Type(map.Body);
        _scope.Leave(1);
        if (!map.IsFlat)
        {
            return IsDynamic ? CelType.Dyn : CelType.Optional(body);
        }

        CelType result = CelType.Optional(_mapping.Fresh());
        return _mapping.IsAssignable(body, result) ? result : Fail(map.Body, $"optFlatMap() expects an optional value, found {Show(body)}");
    }

    private CelType ValueOfTarget(OptionalMapExpr map)
    {
        CelType target = Type(map.Target);
        CelType value = _mapping.Fresh();
        return _mapping.IsAssignable(target, CelType.Optional(value)) ? value
            : Fail(map.Target, $"{(map.IsFlat ? "optFlatMap" : "optMap")}() is for optional values, found {Show(target)}");
    }

    private CelType Message(MessageExpr message)
    {
        foreach (Expr value in message.Values)
        {
            Type(value);
        }

        if (Functions.Messages.Find(message.Name) is not { } known)
        {
            return Fail(message, $"there is no message type '{message.Name}' that an expression can make");
        }

        for (int i = 0; i < message.Fields.Length; i++)
        {
            if (!known.Fields.TryGetValue(message.Fields[i], out CelType? field))
            {
                Report(message, $"{message.Name} has no field '{message.Fields[i]}'{Suggestion.For(message.Fields[i], known.Fields.Keys)}");
            }
            else if (!message.Optional[i] && !_mapping.IsAssignable(message.Values[i].Type, field))
            {
                Report(message.Values[i], $"the field '{message.Fields[i]}' is of type {field}, found {Show(message.Values[i].Type)}");
            }
        }

        return IsDynamic ? CelType.Dyn : known.Type;
    }
}
