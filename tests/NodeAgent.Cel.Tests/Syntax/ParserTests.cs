// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Syntax;

public sealed class ParserTests
{
    private static readonly CelEnvironment Environment = new CelEnvironmentBuilder().Build();

    [Theory]
    [InlineData("1 +", 1, 4, "expected an expression, found the end of the expression")]
    [InlineData("(1", 1, 3, "expected ')', found the end of the expression")]
    [InlineData("1 2", 1, 3, "expected an operator or the end, found '2'")]
    [InlineData("a = b", 1, 3, "'==' compares")]
    [InlineData("a & b", 1, 3, "'&&' is")]
    [InlineData("[1, 2", 1, 6, "expected ',' or ']'")]
    [InlineData("{1 2}", 1, 4, "expected ':' between key and value")]
    [InlineData("\n  'abc", 2, 3, "does not end with '")]
    [InlineData("'é😀' + $", 1, 8, "unexpected character '$'")]
    [InlineData("if", 1, 1, "'if' is a reserved word")]
    [InlineData("has(a)", 1, 5, "has() takes the selection of a field")]
    [InlineData("[1].map(a.b, 1)", 1, 11, "the first argument of map() names its variable")]
    [InlineData("'\\z'", 1, 2, "unknown escape sequence")]
    [InlineData("9223372036854775808", 1, 1, "outside of what an int holds")]
    [InlineData("true ? 1", 1, 9, "expected ':' of the condition '?'")]
    public void Compile_NoExpression_TellsWhereAndWhatWasExpected(string text, int line, int column, string message)
    {
        Assert.False(Environment.TryCompile(text, null, out _, out IReadOnlyList<CelIssue> issues));

        CelIssue issue = Assert.Single(issues);
        Assert.Contains(message, issue.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (issue.Line, issue.Column));
    }

    [Theory]
    [InlineData("\"\"\"a\nb\"\"\"", "a\nb")]
    [InlineData("'''a\r\nb'''", "a\r\nb")]
    [InlineData("r'''a\\\nb'''", "a\\\nb")]
    [InlineData("1 // one\n == 1 ? 'yes' : 'no'", "yes")]
    [InlineData("\t'x'\f", "x")]
    public void Compile_LineBreaksAndComments_AreWhatTheyAre(string text, string expected)
    {
        Assert.True(Environment.Compile(text).TryEvaluate(Environment.CreateContext(), out CelValue value));

        Assert.Equal(expected, value.Text.ToString());
    }

    public static TheoryData<string, string> Deep => new()
    {
        { new string('(', 100_000 / 2 - 10), "parentheses" },
        { new string('[', 99_000), "lists" },
        { new string('!', 99_000) + "true", "signs" },
        { new string('-', 99_000) + "x", "minuses" },
        { string.Concat(Enumerable.Repeat("{1:", 30_000)), "maps" },
        { string.Concat(Enumerable.Repeat("f(", 40_000)), "calls" },
        { "a" + string.Concat(Enumerable.Repeat(".a", 40_000)), "selections" },
        { "a" + string.Concat(Enumerable.Repeat("[0]", 30_000)), "indexes" },
        { "1" + string.Concat(Enumerable.Repeat("+1", 40_000)), "sums" },
        { string.Concat(Enumerable.Repeat("a?a:", 20_000)) + "a", "conditions" },
        { string.Concat(Enumerable.Repeat("[1].map(x,", 9_000)), "macros" },
        { string.Concat(Enumerable.Repeat("cel.bind(x,1,", 7_000)), "bindings" },
        { string.Concat(Enumerable.Repeat("a{b:", 20_000)), "messages" },
    };

    [Theory]
    [MemberData(nameof(Deep))]
    public void Compile_DeepNesting_IsAnErrorAndNoOverflow(string text, string what)
    {
        // A small stack, as some hosts give their threads.
        IReadOnlyList<CelIssue> issues = [];
        var thread = new Thread(() => Environment.TryCompile(text, null, out _, out issues), 1024 * 1024);
        thread.Start();
        thread.Join();

        Assert.True(issues.Count == 1 && issues[0].Message.Contains("deeper than 250 levels", StringComparison.Ordinal), $"{what}: {string.Join(';', issues)}");
    }

    [Theory]
    [InlineData("[", "1", "]", 240)]
    [InlineData("!", "true", "", 240)]
    [InlineData("1 + (", "1", ")", 120)]
    [InlineData("true ? true : ", "false", "", 240)]
    [InlineData("{'a': ", "1", "}", 240)]
    [InlineData("size([", "1", "])", 110)]
    [InlineData("[1].map(x, ", "x", ")", 230)]
    [InlineData("cel.bind(x, 1, ", "x", ")", 230)]
    [InlineData("optional.of(1).optFlatMap(x, ", "optional.of(x)", ")", 230)]
    [InlineData("", "[0]", "[0]", 1)]
    public void Compile_AsDeepAsIsAllowed_WorksOnASmallStack(string open, string middle, string close, int levels)
    {
        string text = string.Concat(Enumerable.Repeat(open, levels)) + middle + string.Concat(Enumerable.Repeat(close, levels));
        string failure = "did not run";
        var thread = new Thread(
            () =>
            {
                CelContext context = Environment.CreateContext();
                failure = !Environment.TryCompile(text, null, out CelProgram? program, out IReadOnlyList<CelIssue> issues) ? string.Join(';', issues)
                    : !program.TryEvaluate(context, out CelValue value) ? program.DescribeError(context).ToString() : value.ToString().Length > 0 ? "" : "empty";
            },
            1024 * 1024);
        thread.Start();
        thread.Join();

        Assert.Equal("", failure);
    }

    [Fact]
    public void Compile_AMegabyte_IsAnError()
    {
        Assert.False(Environment.TryCompile(new string('1', 1024 * 1024), null, out _, out IReadOnlyList<CelIssue> issues));

        Assert.Contains("more than the limit of 100,000", Assert.Single(issues).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_AMegabyteWhereItIsAllowed_Works()
    {
        CelEnvironment large = new CelEnvironmentBuilder().Limits(new CelLimits { MaxExpressionLength = 2_000_000, MaxResultBytes = 1 << 26 }).Build();
        CelProgram program = large.Compile($"[{string.Join(',', Enumerable.Range(0, 150_000))}].size() == 150000 && {string.Join(" || ", Enumerable.Repeat("false", 1_000))} || true");

        Assert.True(program.TryEvaluateBool(large.CreateContext(), out bool value), program.DescribeError(large.CreateContext()).Message);
        Assert.True(value);
    }

    [Theory]
    [InlineData("-(1)")]
    [InlineData("-1.5.size()")]
    [InlineData("a ? b : (c ? d : e)")]
    [InlineData("(a ? b : c) ? d : e")]
    [InlineData("a && (b || c) && !d")]
    [InlineData("(a && b) && c")]
    [InlineData("1 - (2 - 3)")]
    [InlineData("(1 + 2) * 3 % 4")]
    [InlineData("a.?b[?c].`d-e`")]
    [InlineData("has(a.b) && has(a.?c)")]
    [InlineData("[?a, b].map(x, x > 1, {?x: y, 'z': b'\\xff'})")]
    [InlineData("cel.bind(x, 1, a.optMap(y, x + y))")]
    [InlineData(".a.b.d{e: 1, ?f: 2}.g(c)")]
    [InlineData("--a - -1")]
    [InlineData("a.transformList(i, v, i > 1, v).exists(e, e in [1u, 2.0, null, 'a\\\"\\n'])")]
    public void Unparse_ReadAgain_IsTheSame(string text) => AssertRoundTrip(text);

    internal static void AssertRoundTrip(string text)
    {
        string once = Unparser.Write(Parser.Parse(text, new CelLimits()));
        string twice = Unparser.Write(Parser.Parse(once, new CelLimits()));

        Assert.Equal(once, twice);
    }
}
