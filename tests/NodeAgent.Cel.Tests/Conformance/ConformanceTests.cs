// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Conformance;

/// <summary>The facts of the language's conformance suite (and of the documents of its extensions), from the tables beside this file.</summary>
public sealed class ConformanceTests
{
    private static readonly CelEnvironment Plain = new CelEnvironmentBuilder().Build();

    public static TheoryData<string> Tables => [.. Files];

    private static IEnumerable<string> Files =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Conformance"), "*.txt").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Tables))]
    public void Table_Checked_GivesWhatTheSuiteSays(string table) => Run(table, dynamic: false);

    // Without the checker each type is found at run time: the other half of the engine.
    [Theory]
    [MemberData(nameof(Tables))]
    public void Table_Dynamic_GivesWhatTheSuiteSays(string table) => Run(table, dynamic: true);

    [Fact]
    public void Tables_HoldTheSuite() => Assert.True(Files.Sum(t => Cases(t).Count) > 1_000, $"{Files.Sum(t => Cases(t).Count)} cases");

    private static List<ConformanceCase> Cases(string table) => [.. ConformanceCase.Read(Path.Combine(AppContext.BaseDirectory, "Conformance", table))];

    private static void Run(string table, bool dynamic)
    {
        List<ConformanceCase> cases = Cases(table);
        var wrong = new List<string>();
        foreach (ConformanceCase c in cases)
        {
            if (dynamic || !c.IsDynamic)
            {
                string? difference = Compare(c, dynamic);
                if (difference is not null)
                {
                    wrong.Add($"{c.Place}: {c.Expression}: {difference}");
                }
            }
        }

        Assert.True(cases.Count > 0);
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {cases.Count}:\n{string.Join('\n', wrong)}");
    }

    private static string? Compare(ConformanceCase c, bool dynamic)
    {
        var builder = new CelEnvironmentBuilder();
        var values = new List<(CelVariable Variable, CelValue Value)>();
        foreach ((string name, string type, string value) in c.Variables)
        {
            if (name == "container")
            {
                builder.Container(type);
                continue;
            }

            builder.Variable(name, TypeNames.Parse(type), out CelVariable variable);
            if (value != "unbound")
            {
                values.Add((variable, Evaluate(Plain, value).Value));
            }
        }

        CelEnvironment environment = dynamic ? builder.BuildDynamic() : builder.Build();
        if (!environment.TryCompile(c.Expression, null, out CelProgram? program, out IReadOnlyList<CelIssue> issues))
        {
            return c.Expected is "!type" or "!any" ? null : $"does not compile: {string.Join("; ", issues)}";
        }

        if (c.Expected == "!type")
        {
            return dynamic ? null : "compiles";
        }

        if (c.Type is not null && !dynamic && program.Result.ToString() != c.Type)
        {
            return $"is of type {program.Result}, not {c.Type}";
        }

        CelContext context = environment.CreateContext();
        values.ForEach(v => context.Set(v.Variable, v.Value));
        bool good = program.TryEvaluate(context, out CelValue found);
        string said = good ? found.ToString() : $"!{context.Fault}";
        if (c.Expected.StartsWith('!'))
        {
            return !good && (c.Expected == "!any" || said == c.Expected) ? null : $"gave {said}, not {c.Expected}";
        }

        if (c.Expected == "?")
        {
            return null;
        }

        CelValue expected = Evaluate(Plain, c.Expected).Value;
        bool equal = good && found.Kind == expected.Kind
            && (found.Kind == CelKind.Map ? CelEquality.AreEqual(found, expected) : CelFormat.Literal(found) == CelFormat.Literal(expected));
        return equal ? null : string.Create(CultureInfo.InvariantCulture, $"gave {said}, not {expected}");
    }

    private static (bool Good, CelValue Value) Evaluate(CelEnvironment environment, string expression)
    {
        bool good = environment.Compile(expression).TryEvaluate(environment.CreateContext(), out CelValue value);
        Assert.True(good, $"the expectation '{expression}' has no value");
        return (good, value);
    }
}
