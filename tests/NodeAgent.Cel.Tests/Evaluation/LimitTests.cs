// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Evaluation;

public sealed class LimitTests
{
    private static readonly CelEnvironment Environment = new CelEnvironmentBuilder()
        .Variable("s", CelType.String, out Text)
        .Variable("l", CelType.List(CelType.Int), out List)
        .Build();

    private static readonly CelVariable Text, List;

    [Theory]
    [InlineData("l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d >= 0))))", CelFault.CostLimit)]
    [InlineData("l.all(a, l.all(b, l.all(c, l.all(d, 1 / 0 == 1))))", CelFault.CostLimit)]
    [InlineData("l.exists(a, l.exists(b, l.exists(c, false))) || true", CelFault.CostLimit)]
    [InlineData("l.map(a, l.map(b, l)).size() == 1 ? l.all(a, l.all(b, l.all(c, true))) : l.all(a, l.all(b, l.all(c, true)))", CelFault.CostLimit)]
    [InlineData("lists.range(1000000000).size() == 1", CelFault.SizeLimit)]
    [InlineData("l.map(a, l.map(b, l.map(c, c))).size() == 1", CelFault.SizeLimit)]
    [InlineData("(s + s + s + s + s + s + s + s).replace('x', s).size() == 1", CelFault.SizeLimit)]
    [InlineData("l.map(x, s + s + s + s + s + s + s + s).map(x, x + x + x + x).size() == 0", CelFault.SizeLimit)]
    [InlineData("'%s%s%s'.format([[s, s, s, s, s], [s, s, s, s, s], s]).size() == 1 || l.all(a, s.split('').size() > 0)", CelFault.SizeLimit)]
    [InlineData("[l, l, l].all(x, x.all(y, !sets.intersects(x.map(z, z + 1000), [-1] + x.map(z, z + 5000))))", CelFault.CostLimit)]
    public void TryEvaluateBool_TooMuchWork_EndsWithItsError(string text, CelFault expected)
    {
        CelContext context = Environment.CreateContext();
        context.Set(Text, CelValue.Of(new string('x', 20_000)));
        context.Set(List, CelValue.Of(CelList.Of([.. Enumerable.Range(0, 300).Select(i => CelValue.Of((long)i))])));
        CelProgram program = Environment.Compile(text, CelType.Bool);

        Assert.False(program.TryEvaluateBool(context, out bool value), $"gave {value}");
        CelError error = program.DescribeError(context);
        Assert.True(error.Fault is CelFault.CostLimit or CelFault.SizeLimit, error.ToString());
        Assert.True(expected == error.Fault || expected == CelFault.SizeLimit, error.ToString());

        // The next evaluation begins anew.
        Assert.True(Environment.Compile("l.size() == 300").TryEvaluateBool(context, out bool next) && next);
    }

    [Fact]
    public void TryEvaluateBool_PatternThatIsSlowElsewhere_IsQuick()
    {
        CelContext context = Environment.CreateContext();
        context.Set(Text, CelValue.Of(new string('a', 20_000) + "b"));

        Assert.True(Environment.Compile("s.matches('^(a+)+$')", CelType.Bool).TryEvaluateBool(context, out bool value));
        Assert.False(value);
    }

    [Theory]
    [InlineData("((a{0,100}){0,100}){0,100}")]
    [InlineData("(x{1000}){1000}")]
    [InlineData("[[:nope:]]")]
    [InlineData("a**b(")]
    [InlineData("\\8")]
    [InlineData("(?<n>a)(?(n)b|c)")]
    public void TryEvaluateBool_PatternThatIsNone_IsAnErrorOfTheEvaluation(string pattern)
    {
        CelContext context = Environment.CreateContext();
        context.Set(Text, CelValue.Of("aaa"));
        CelProgram program = Environment.Compile($"s.matches(r'{pattern}')", CelType.Bool);

        Assert.False(program.TryEvaluateBool(context, out _));
        Assert.Equal(CelFault.BadPattern, program.DescribeError(context).Fault);
        CelIssue warning = Assert.Single(program.Warnings);
        Assert.Equal((1, 11), (warning.Line, warning.Column));
        Assert.StartsWith("invalid regular expression", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryEvaluateBool_ManyPatterns_KeepABoundedNumber()
    {
        CelContext context = Environment.CreateContext();
        CelProgram program = Environment.Compile("'x'.matches(s)", CelType.Bool);
        for (int i = 0; i < 300; i++)
        {
            context.Set(Text, CelValue.Of($"x{{{i % 200}}}"));
            Assert.True(program.TryEvaluateBool(context, out bool value));
            Assert.Equal(i % 200 <= 1, value);
        }
    }

    [Fact]
    public void Cost_GrowsWithWhatTheExpressionDoes()
    {
        CelCost one = Environment.Compile("s == 'a'").Cost;
        CelCost loop = Environment.Compile("l.all(x, x > 0)").Cost;
        CelCost nested = Environment.Compile("l.all(x, l.all(y, x > y))").Cost;
        CelCost known = Environment.Compile("[1, 2, 3].all(x, x > 0)").Cost;
        CelCost huge = Environment.Compile(string.Concat(Enumerable.Range(0, 60).Select(i => $"l.all(x{i}, ")) + "true" + new string(')', 60)).Cost;

        Assert.True(one.Most < loop.Most && loop.Most < nested.Most && known.Most < loop.Most && nested.Most < huge.Most && huge.Most > 0);
        Assert.True(one.Least <= one.Most && loop.Least <= loop.Most && known.Least > 0);
    }
}
