// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Cel;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Import.Conditions;

namespace NodeAgent.Rules.Tests.Expressions;

/// <summary>Whatever text is written into an expression stays text.</summary>
public sealed class CelLiteralTests
{
    private static readonly (CelEnvironment Environment, CelVariable Text) Cel = Build();

    [Fact]
    public void Of_AnyText_IsReadAsThatTextAndNothingElse() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        text => Evaluates($"{CelLiteral.Of(WellFormed(text))} == text", WellFormed(text))).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Theory]
    [InlineData("' || true || '")]
    [InlineData("\\' || true")]
    [InlineData("a\nb\r\t\0\u0085\u2028\uFEFF")]
    [InlineData("\\\\'\"`${x}")]
    [InlineData("😀é")]
    public void Of_TextThatWouldBreakOut_DoesNot(string text) => Assert.True(Evaluates($"{CelLiteral.Of(text)} == text", text));

    [Fact]
    public void Pattern_OfAnyText_MatchesItAloneWithAndWithoutGaps() => Prop.ForAll(
        ArbMap.Default.ArbFor<string>(),
        generated =>
        {
            string text = WellFormed(generated);
            string twoGaps = new TextPattern().AnyRun().Text(text).AnyRun().Text("|end").Test("text", ignoresCase: false);
            return Evaluates(new TextPattern().Text(text).Test("text", ignoresCase: false), text)
                && Evaluates(new TextPattern().Text(text).Test("text", ignoresCase: true), text.Length > 0 ? TextPattern.LowerAscii(text) : text)
                && !Evaluates(new TextPattern().Text(text).Test("text", ignoresCase: false), text + "x")
                && Evaluates(twoGaps, "before" + text + "after|end")
                && !Evaluates(twoGaps, "before" + text + "after|end.");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    private static string WellFormed(string? text)
    {
        var made = new StringBuilder();
        foreach (Rune rune in (text ?? string.Empty).EnumerateRunes())
        {
            made.Append(rune.ToString());
        }

        return made.ToString();
    }

    private static bool Evaluates(string expression, string text)
    {
        CelProgram program = Cel.Environment.Compile(expression, CelType.Bool);
        CelContext context = Cel.Environment.CreateContext();
        context.Set(Cel.Text, CelValue.Of(CelText.Of(text)));
        return program.TryEvaluateBool(context, out bool result) && result;
    }

    private static (CelEnvironment Environment, CelVariable Text) Build()
    {
        var builder = new CelEnvironmentBuilder();
        builder.Variable("text", CelType.String, out CelVariable variable);
        return (builder.Build(), variable);
    }
}
