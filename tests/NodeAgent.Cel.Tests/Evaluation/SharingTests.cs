// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Evaluation;

public sealed class SharingTests
{
    private readonly CelEnvironment _environment;
    private readonly CelVariable _list;
    private int _asked;
    private int _counted;

    public SharingTests() => _environment = new CelEnvironmentBuilder()
        .Variable("l", CelType.List(CelType.Int), out _list)
        .Function("ask", (_, a, _) =>
        {
            _asked++;
            return a.Length > 1;
        })
        .Function("broken", CelType.Bool, [CelType.String], (c, _) =>
        {
            _asked++;
            return c.Fail(CelFault.Host);
        })
        .Function("count", CelType.Int, [CelType.String], (_, _) => CelValue.Of((long)++_counted), CelFunctionTraits.Stateful)
        .Build();

    [Fact]
    public void Evaluate_PartsOfSeveral_AreAskedOncePerEvent()
    {
        CelProgramSet set = Set("ask('aa', 'b') && l[0] == 1", "l[0] == 2 || ask('aa', 'b')", "!ask('aa', 'b') || ask('aa', 'c')");
        CelContext context = Context(set, 1);

        Assert.Equal("True True True", Run(set, context));
        Assert.Equal(2, _asked);
        Assert.Equal("True True True", Run(set, context));
        Assert.Equal(3, _asked);
        context.NextEvent();
        Run(set, context);
        Assert.Equal(5, _asked);
        Assert.Equal(1, set.SharedCount);
    }

    [Fact]
    public void Evaluate_ErrorOfASharedPart_IsTheErrorOfEach()
    {
        CelProgramSet set = Set("broken('x') && true", "broken('x') || false", "broken('x') || true");
        CelContext context = Context(set, 1);

        Assert.Equal("Host Host True", Run(set, context));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public void Evaluate_StatefulFunctions_AreNeverShared()
    {
        CelProgramSet set = Set("count('a') > 0", "count('a') > 0");
        CelContext context = Context(set, 1);

        Assert.Equal("True True", Run(set, context));
        Assert.Equal(2, _counted);
    }

    [Fact]
    public void Evaluate_SharedMacroInsideOthers_KeepsItsVariablesApart()
    {
        const string Shared = "l.exists(a, a == 3)";
        CelProgramSet set = Set(Shared, $"l.all(x, {Shared} && x > 0)", $"l.map(x, l.map(y, {Shared} ? x * 10 + y : 0)) == [[11, 12, 13], [21, 22, 23], [31, 32, 33]]");
        CelContext context = Context(set, 1, 2, 3);

        Assert.Equal("True True True", Run(set, context));
        Assert.True(set.SharedCount >= 1);
    }

    [Fact]
    public void Evaluate_PartsWithVariablesOfMacros_AreNotShared()
    {
        CelProgramSet set = Set("l.all(x, ask(string(x), 'k'))", "l.exists(x, ask(string(x), 'k')) && l.all(y, ask(string(y), 'k'))");
        CelContext context = Context(set, 10, 2);

        Assert.Equal("False False", Run(set, context));
        context.Set(_list, CelValue.Of(CelList.Of(CelValue.Of(10L), CelValue.Of(20L))));
        Assert.Equal("True True", Run(set, context));
    }

    [Fact]
    public void Evaluate_InAnotherContext_GivesTheSameWithoutSharing()
    {
        CelProgramSet set = Set("ask('aa', 'b')", "ask('aa', 'b') && true");
        CelContext context = _environment.CreateContext();
        context.Set(_list, CelValue.Of(CelList.Empty));

        Assert.Equal("True True", Run(set, context));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void CompileSet_OneDoesNotCompile_TheOthersDo()
    {
        CelProgramSet set = _environment.CompileSet(["true", "nope", "1 +"], CelType.Bool, out IReadOnlyList<IReadOnlyList<CelIssue>> issues);

        Assert.Equal([true, false, false], set.Programs.Select(p => p is not null));
        Assert.Equal([0, 1, 1], issues.Select(i => i.Count));
    }

    [Fact]
    public void Evaluate_ThreadsWithTheirContexts_ShareThePrograms()
    {
        CelProgramSet set = Set("l.exists(a, a == 3) && l.map(x, x * 2).exists(y, y == l[0] * 2)", "l.exists(a, a == 3)");
        int wrong = 0;
        Parallel.For(0, 8, thread =>
        {
            CelContext context = Context(set, thread, 3);
            for (int i = 0; i < 2_000; i++)
            {
                context.NextEvent();
                if (Run(set, context) != "True True")
                {
                    Interlocked.Increment(ref wrong);
                }
            }
        });

        Assert.Equal(0, wrong);
    }

    private CelProgramSet Set(params string[] texts)
    {
        CelProgramSet set = _environment.CompileSet(texts, CelType.Bool, out IReadOnlyList<IReadOnlyList<CelIssue>> issues);
        Assert.Empty(issues.SelectMany(i => i));
        return set;
    }

    private CelContext Context(CelProgramSet set, params long[] numbers)
    {
        CelContext context = set.CreateContext();
        context.Set(_list, CelValue.Of(CelList.Of([.. numbers.Select(CelValue.Of)])));
        return context;
    }

    private static string Run(CelProgramSet set, CelContext context) => string.Join(' ', set.Programs.Select(p =>
        p!.TryEvaluateBool(context, out bool value) ? value.ToString() : p.DescribeError(context).Fault.ToString()));
}
