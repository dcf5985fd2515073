// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel;

/// <summary>Collects what expressions may name; it holds the language's own functions and the extensions from the start.</summary>
public sealed class CelEnvironmentBuilder
{
    private readonly Dictionary<string, CelVariable> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CelType> _types = new(StringComparer.Ordinal);
    private readonly FunctionTable _functions = StandardLibrary.Create();
    private string _container = "";
    private CelLimits _limits = new();

    /// <summary>In which namespace short names are looked up first, for example <c>a.b</c>.</summary>
    public CelEnvironmentBuilder Container(string name)
    {
        _container = name;
        return this;
    }

    public CelEnvironmentBuilder Limits(CelLimits limits)
    {
        _limits = limits;
        return this;
    }

    /// <param name="name">A name, or names joined with dots.</param>
    public CelEnvironmentBuilder Variable(string name, CelType type, out CelVariable variable)
    {
        variable = new CelVariable(name, type, _variables.Count);
        if (!_variables.TryAdd(name, variable))
        {
            throw new ArgumentException($"variable {name} is declared twice", nameof(name));
        }

        Know(type);
        return this;
    }

    /// <summary>An overload of a function that is called as <c>name(a, b)</c>; the name may have a namespace, <c>cp.was_executed</c>.</summary>
    /// <exception cref="ArgumentException">The parameters overlap with those of another overload.</exception>
    public CelEnvironmentBuilder Function(string name, CelType result, CelType[] parameters, CelImplementation implementation, CelFunctionTraits traits = CelFunctionTraits.None)
    {
        Declare(name, isMember: false, result, parameters, implementation, traits);
        return this;
    }

    /// <summary>The same for a question about two strings.</summary>
    /// <exception cref="ArgumentException">The parameters overlap with those of another overload.</exception>
    public CelEnvironmentBuilder Function(string name, CelTest test, CelFunctionTraits traits = CelFunctionTraits.None)
    {
        Declare(name, isMember: false, CelType.Bool, [CelType.String, CelType.String], (c, a) => CelValue.Of(test(c, a[0].Text, a[1].Text)), traits, test);
        return this;
    }

    /// <summary>An overload of a function that is called as <c>a.name(b)</c>; the receiver is the first parameter.</summary>
    /// <exception cref="ArgumentException">The parameters overlap with those of another overload.</exception>
    public CelEnvironmentBuilder Member(string name, CelType result, CelType[] parameters, CelImplementation implementation, CelFunctionTraits traits = CelFunctionTraits.None)
    {
        ArgumentOutOfRangeException.ThrowIfZero(parameters.Length);
        Declare(name, isMember: true, result, parameters, implementation, traits);
        return this;
    }

    public CelEnvironment Build() => new(_container, _limits, new(_variables), new(_types), _functions.Copy(), isDynamic: false);

    /// <summary>Without the checker: every type is found at run time. The language's definition allows it; here it is a test of the evaluation.</summary>
    internal CelEnvironment BuildDynamic() => new(_container, _limits, new(_variables), new(_types), _functions.Copy(), isDynamic: true);

    private void Declare(string name, bool isMember, CelType result, CelType[] parameters, CelImplementation implementation, CelFunctionTraits traits, CelTest? test = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parameters.Length, FunctionTable.MostParameters);
        _functions.Add(new Overload
        {
            Function = name,
            IsMember = isMember,
            Parameters = parameters,
            Result = result,
            Implementation = implementation,
            Traits = traits,
            Test = test,
        });
        Know(result);
        Array.ForEach(parameters, Know);
    }

    private void Know(CelType type)
    {
        if (type.Fields is not null && _types.TryAdd(type.Name, type))
        {
            foreach (string field in type.Fields.FieldNames)
            {
                Know(type.Fields.TryGetField(field, out CelField? found) ? found.Type : CelType.Dyn);
            }
        }

        Array.ForEach(type.Parameters, Know);
    }
}
