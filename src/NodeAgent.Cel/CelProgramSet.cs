// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Evaluation;

namespace NodeAgent.Cel;

/// <summary>Expressions that one event is shown to: what several ask is evaluated once for each event, in contexts that the set made.</summary>
public sealed class CelProgramSet
{
    private readonly CelEnvironment _environment;
    private int _cells;

    private CelProgramSet(CelEnvironment environment, int count)
    {
        _environment = environment;
        Programs = new CelProgram?[count];
    }

    /// <summary>The programs in the order of the texts; null where one did not compile.</summary>
    public IReadOnlyList<CelProgram?> Programs { get; }

    /// <summary>How many parts are shared.</summary>
    public int SharedCount => _cells;

    /// <summary>A context for the programs of this set; in any other context they give the same results, but share nothing.</summary>
    public CelContext CreateContext() => new(_environment, this, _cells);

    internal static CelProgramSet Compile(CelEnvironment environment, IReadOnlyList<string> texts, CheckedExpression?[] expressions)
    {
        var set = new CelProgramSet(environment, texts.Count);
        var shared = new SharedParts(set);
        foreach (CheckedExpression expression in expressions.OfType<CheckedExpression>())
        {
            shared.Add(expression);
        }

        var programs = (CelProgram?[])set.Programs;
        for (int i = 0; i < programs.Length; i++)
        {
            programs[i] = expressions[i] is { } expression ? Planner.Plan(environment, texts[i], expression, shared) : null;
        }

        foreach (CelProgram program in programs.OfType<CelProgram>())
        {
            program.Locals = shared.Locals;
        }

        set._cells = shared.Cells;
        return set;
    }
}
