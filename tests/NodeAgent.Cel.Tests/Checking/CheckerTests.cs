// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Tests.Evaluation;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Checking;

public sealed class CheckerTests
{
    private static readonly CelEnvironment Environment = HostEvent.Builder(out _)
        .Function("cp.was_executed", (_, _, _) => true)
        .Build();

    [Theory]
    [InlineData("event.com == 'sh'", 7, "event has no field 'com'; did you mean 'comm'?")]
    [InlineData("evnt.comm == 'sh'", 1, "unknown name 'evnt'; did you mean 'event'?")]
    [InlineData("cp.was_exected('a', 'b')", 4, "unknown function 'cp.was_exected'; did you mean 'cp.was_executed'?")]
    [InlineData("event.comm.startswith('a')", 12, "unknown function 'startswith'; did you mean 'startsWith'?")]
    [InlineData("event.comm == 1", 12, "'==' does not take (string, int); expected A == A")]
    [InlineData("event.comm.startsWith(1)", 12, "'startsWith' does not take string.startsWith(int); expected string.startsWith(string)")]
    [InlineData("cp.was_executed('a')", 4, "'cp.was_executed' does not take (string); expected cp.was_executed(string, string)")]
    [InlineData("event.pid && true", 7, "'&&' expects bool, found int")]
    [InlineData("event.args.exists(a, a)", 22, "the condition of exists() expects bool, found string")]
    [InlineData("event.pid.exists(a, true)", 7, "exists() goes over a list or a map, found int")]
    [InlineData("event.comm.x == 1", 12, "expected an object or a map before '.x', found string")]
    [InlineData("event.args", 7, "expected an expression of type bool, found list(string)")]
    [InlineData("event.pid", 7, "expected an expression of type bool, found int")]
    [InlineData("true ? 1 : 'a'", 6, "both results of '?' need one type, found int and string")]
    [InlineData("{1.5: true}[1.5]", 2, "the key of a map is int, uint, bool or string, found double")]
    [InlineData("x == 1", 1, "unknown name 'x'")]
    public void Compile_WrongTypesAndNames_TellsWhereAndWhatWasExpected(string text, int column, string message)
    {
        Assert.False(Environment.TryCompile(text, CelType.Bool, out _, out IReadOnlyList<CelIssue> issues));

        Assert.Contains(issues, i => i.Line == 1 && i.Column == column && i.Message.StartsWith(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Compile_SeveralMistakes_TellsAllInOrder()
    {
        Assert.False(Environment.TryCompile("event.a == 1 &&\n event.b == 2 &&\n  c", CelType.Bool, out _, out IReadOnlyList<CelIssue> issues));

        Assert.Equal([(1, 7), (2, 8), (3, 3)], issues.Select(i => (i.Line, i.Column)));
    }

    [Fact]
    public void Compile_ManyMistakes_TellsABoundedNumber()
    {
        Assert.False(Environment.TryCompile(string.Join(" || ", Enumerable.Range(0, 1_000).Select(i => $"missing{i}")), CelType.Bool, out _, out IReadOnlyList<CelIssue> issues));

        Assert.InRange(issues.Count, 10, 100);
    }

    [Fact]
    public void Compile_NotACompilableText_ThrowsWithTheIssues()
    {
        CelException e = Assert.Throws<CelException>(() => Environment.Compile("1 +"));

        Assert.Equal("1:4: expected an expression, found the end of the expression", Assert.Single(e.Issues).ToString());
        Assert.Equal(e.Issues[0].ToString(), e.Message);
    }

    [Fact]
    public void Build_OverlappingOverloads_AreRefused()
    {
        CelEnvironmentBuilder builder = new CelEnvironmentBuilder().Function("f", CelType.Int, [CelType.List(CelType.Int)], (_, _) => CelValue.Of(1L));

        Assert.Throws<ArgumentException>(() => builder.Function("f", CelType.Int, [CelType.List(CelType.String)], (_, _) => CelValue.Of(2L)));
        Assert.Throws<ArgumentException>(() => builder.Member("size", CelType.Int, [CelType.String], (_, _) => CelValue.Of(2L)));
    }

    [Fact]
    public void Compile_TypesThatGrow_TakeNoTime()
    {
        // Each binding doubles a type that names the one before twice.
        string text = string.Concat(Enumerable.Range(1, 60).Select(i => $"cel.bind(v{i}, {{'a': [v{i - 1}], 'b': [v{i - 1}]}}, "));
        CelEnvironment environment = new CelEnvironmentBuilder().Variable("v0", CelType.Int, out _).Build();

        Assert.True(environment.TryCompile($"{text}v60.size(){new string(')', 60)}", CelType.Int, out _, out IReadOnlyList<CelIssue> issues), string.Join(';', issues));
    }
}
