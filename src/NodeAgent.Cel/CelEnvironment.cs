// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Evaluation;
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel;

/// <summary>What expressions may name, and the compiler for them. Immutable: any thread may use it.</summary>
public sealed class CelEnvironment
{
    private readonly string _container;
    private readonly Dictionary<string, CelVariable> _variables;
    private readonly Dictionary<string, CelType> _types;
    private readonly FunctionTable _functions;

    internal CelEnvironment(string container, CelLimits limits, Dictionary<string, CelVariable> variables, Dictionary<string, CelType> types, FunctionTable functions, bool isDynamic)
    {
        (_container, Limits, _variables, _types, _functions, IsDynamic) = (container, limits, variables, types, functions, isDynamic);
        foreach (CelType type in StandardLibrary.Types)
        {
            _types.TryAdd(type.Name, type);
        }
    }

    public CelLimits Limits { get; }

    internal bool IsDynamic { get; }

    internal int VariableCount => _variables.Count;

    internal IEnumerable<string> ShortNames => _variables.Keys.Concat(_types.Keys);

    internal IEnumerable<string> FunctionNames => _functions.Names.Where(n => char.IsAsciiLetter(n[0]));

    /// <summary>Reads, checks and compiles an expression.</summary>
    /// <param name="result">The type that it must give; null when anything will do.</param>
    /// <exception cref="CelException">The text is no expression, or does not fit the declarations.</exception>
    public CelProgram Compile(string text, CelType? result = null) =>
        TryCompile(text, result, out CelProgram? program, out IReadOnlyList<CelIssue> issues) ? program : throw new CelException(issues);

    /// <inheritdoc cref="Compile"/>
    /// <param name="issues">Everything that is wrong, in the order of the text.</param>
    public bool TryCompile(string text, CelType? result, [NotNullWhen(true)] out CelProgram? program, out IReadOnlyList<CelIssue> issues)
    {
        program = TryCheck(text, result, out CheckedExpression? expression, out issues) ? Planner.Plan(this, text, expression, null) : null;
        return program is not null;
    }

    /// <summary>Compiles expressions that are evaluated together: what several of them ask is evaluated once for each event.</summary>
    /// <param name="issues">For each expression what is wrong with it; its program is then missing.</param>
    public CelProgramSet CompileSet(IReadOnlyList<string> texts, CelType? result, out IReadOnlyList<IReadOnlyList<CelIssue>> issues)
    {
        var all = new IReadOnlyList<CelIssue>[texts.Count];
        var expressions = new CheckedExpression?[texts.Count];
        for (int i = 0; i < texts.Count; i++)
        {
            TryCheck(texts[i], result, out expressions[i], out all[i]);
        }

        issues = all;
        return CelProgramSet.Compile(this, texts, expressions);
    }

    public CelContext CreateContext() => new(this, null, 0);

    internal bool TryCheck(string text, CelType? result, [NotNullWhen(true)] out CheckedExpression? expression, out IReadOnlyList<CelIssue> issues)
    {
        expression = null;
        try
        {
            CheckedExpression found = Checker.Check(this, Parser.Parse(text, Limits), result);
            issues = [.. found.Issues.OrderBy(i => i.Offset).Select(i => CelIssue.At(text, i.Offset, i.Message))];
            expression = issues.Count == 0 ? found : null;
        }
        catch (CelSyntaxException e)
        {
            issues = [CelIssue.At(text, e.Offset, e.Message)];
        }

        return expression is not null;
    }

    /// <param name="name">A name with dots; with one before it, it is looked up in no namespace but the outermost.</param>
    internal Binding? Resolve(string name)
    {
        foreach (string candidate in Candidates(name))
        {
            if (_variables.TryGetValue(candidate, out CelVariable? variable))
            {
                return new VariableBinding(variable);
            }

            if (_types.TryGetValue(candidate, out CelType? type))
            {
                return new TypeBinding(type);
            }
        }

        return null;
    }

    internal IReadOnlyList<Overload> FindFunction(string name) =>
        Candidates(name).Select(_functions.Find).FirstOrDefault(found => found.Count > 0) ?? [];

    internal bool IsNamespace(string name) => _functions.Names.Any(n => n.StartsWith(name, StringComparison.Ordinal) && n.Length > name.Length && n[name.Length] == '.');

    private IEnumerable<string> Candidates(string name)
    {
        if (name[0] == '.')
        {
            yield return name[1..];
            yield break;
        }

        for (string container = _container; container.Length > 0; container = container[..Math.Max(container.LastIndexOf('.'), 0)])
        {
            yield return $"{container}.{name}";
        }

        yield return name;
    }
}
