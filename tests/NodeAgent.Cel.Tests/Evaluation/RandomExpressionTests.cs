// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Tests.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Tests.Evaluation;

/// <summary>Laws over random expressions, from fixed seeds: whatever is written, nothing throws, and every way to evaluate gives the same.</summary>
public sealed class RandomExpressionTests
{
    private const int Expressions = 4_000;
    private const int Depth = 4;

    private static CelEnvironmentBuilder Builder(out CelVariable[] variables)
    {
        var builder = new CelEnvironmentBuilder().Limits(new CelLimits { MaxCost = 100_000, MaxResultBytes = 200_000 });
        variables = new CelVariable[8];
        builder.Variable("yes", CelType.Bool, out variables[0]).Variable("n", CelType.Int, out variables[1]).Variable("u", CelType.Uint, out variables[2])
            .Variable("d", CelType.Double, out variables[3]).Variable("s", CelType.String, out variables[4]).Variable("l", CelType.List(CelType.Int), out variables[5])
            .Variable("w", CelType.List(CelType.String), out variables[6]).Variable("m", CelType.Map(CelType.String, CelType.Int), out variables[7]);
        return builder;
    }

    private static void Fill(CelContext context, CelVariable[] variables)
    {
        CelValue[] values =
        [
            CelValue.True, CelValue.Of(3L), CelValue.Of(5UL), CelValue.Of(0.25), CelValue.Of("bcd"), CelValue.Of(CelList.Of(CelValue.Of(2L), CelValue.Of(0L))),
            CelValue.Of(CelList.OfTexts(["bcd", "a", ""])), CelValue.Of(CelMap.Of([new(CelValue.Of("a"), CelValue.Of(9L))])),
        ];
        for (int i = 0; i < values.Length; i++)
        {
            context.Set(variables[i], values[i]);
        }
    }

    [Fact]
    public void Evaluate_CheckedAndDynamic_GiveTheSameAndFitTheType()
    {
        CelEnvironment environment = Builder(out CelVariable[] variables).Build();
        CelEnvironment dynamic = Builder(out CelVariable[] same).BuildDynamic();
        CelContext context = environment.CreateContext(), other = dynamic.CreateContext();
        Fill(context, variables);
        Fill(other, same);
        int compiled = 0, good = 0;
        for (int seed = 0; seed < Expressions; seed++)
        {
            string text = new ExpressionGenerator(seed).Any(Depth);
            if (!environment.TryCompile(text, null, out CelProgram? program, out IReadOnlyList<CelIssue> issues))
            {
                Assert.NotEmpty(issues);
                continue;
            }

            compiled++;
            bool left = program.TryEvaluate(context, out CelValue value);
            bool right = dynamic.Compile(text).TryEvaluate(other, out CelValue twin);
            // How many steps a form takes is its own: only there may the two differ.
            if (context.IsFatal || other.IsFatal)
            {
                continue;
            }

            Assert.True(left == right, $"{seed}: {text}: {(left ? value : program.DescribeError(context))} and {(right ? twin : other.Describe(text))}");
            if (left)
            {
                good++;
                Assert.True(RuntimeTypes.Fits(value, program.Result), $"{seed}: {text}: {value} is no {program.Result}");
                Assert.True(CelFormat.Literal(value) == CelFormat.Literal(twin), $"{seed}: {text}: {value} and {twin}");
            }
        }

        Assert.True(compiled > Expressions / 2 && good > Expressions / 5, $"{compiled} compile, {good} have a value");
    }

    [Fact]
    public void Evaluate_Shared_GivesTheSameAsAlone()
    {
        CelEnvironment environment = Builder(out CelVariable[] variables).Build();
        CelContext alone = environment.CreateContext();
        Fill(alone, variables);
        int shared = 0;
        for (int seed = 0; seed < Expressions; seed += 4)
        {
            string[] bools = [.. Enumerable.Range(0, 3).Select(i => new ExpressionGenerator(seed + i).Of("bool", 3))];
            string[] texts = [.. bools, $"({bools[0]}) && ({bools[1]})", $"[1, 2].all(q, ({bools[2]}) || q > 1) || ({bools[0]})"];
            CelProgramSet set = environment.CompileSet(texts, CelType.Bool, out _);
            CelContext context = set.CreateContext();
            Fill(context, variables);
            shared += set.SharedCount;
            for (int i = 0; i < texts.Length; i++)
            {
                if (set.Programs[i] is { } program)
                {
                    bool left = program.TryEvaluateBool(context, out bool value);
                    bool right = environment.Compile(texts[i], CelType.Bool).TryEvaluateBool(alone, out bool twin);
                    Assert.True(context.IsFatal || alone.IsFatal || (left == right && (!left || value == twin)), $"{seed}.{i}: {texts[i]}");
                }
            }
        }

        Assert.True(shared > Expressions / 8, $"{shared} shared");
    }

    [Fact]
    public void Unparse_ReadAgain_IsTheSame()
    {
        for (int seed = 0; seed < Expressions; seed++)
        {
            ParserTests.AssertRoundTrip(new ExpressionGenerator(seed).Any(Depth));
        }
    }

    [Fact]
    public void Unparse_ReadAgain_MeansTheSame()
    {
        CelEnvironment environment = Builder(out CelVariable[] variables).Build();
        CelContext context = environment.CreateContext();
        Fill(context, variables);
        for (int seed = 0; seed < Expressions; seed += 3)
        {
            string text = new ExpressionGenerator(seed).Any(Depth);
            if (environment.TryCompile(text, null, out CelProgram? program, out _))
            {
                bool left = program.TryEvaluate(context, out CelValue value);
                bool fatal = context.IsFatal;
                string written = Unparser.Write(Parser.Parse(text, environment.Limits));
                bool right = environment.Compile(written).TryEvaluate(context, out CelValue twin);
                Assert.True(fatal || (left == right && (!left || CelFormat.Literal(value) == CelFormat.Literal(twin))), $"{seed}: {text}: {written}");
            }
        }
    }

    [Fact]
    public void Compile_Noise_NeverThrows()
    {
        CelEnvironment environment = Builder(out CelVariable[] variables).Build();
        CelEnvironment dynamic = Builder(out CelVariable[] same).BuildDynamic();
        CelContext context = environment.CreateContext(), other = dynamic.CreateContext();
        Fill(context, variables);
        Fill(other, same);
        for (int seed = 0; seed < Expressions * 3; seed++)
        {
            var generator = new ExpressionGenerator(seed);
            string text = seed % 3 == 0 ? generator.Noise(1 + (seed % 40)) : Damaged(generator.Any(3), seed);
            if (environment.TryCompile(text, null, out CelProgram? program, out IReadOnlyList<CelIssue> issues))
            {
                program.TryEvaluate(context, out _);
            }
            else
            {
                Assert.All(issues, i => Assert.True(i.Line > 0 && i.Column > 0 && i.Message.Length > 0));
            }

            if (dynamic.TryCompile(text, null, out CelProgram? loose, out _))
            {
                loose.TryEvaluate(other, out _);
                Assert.NotNull(loose.DescribeError(other).Message);
            }
        }
    }

    // One character out, in, or changed.
    private static string Damaged(string text, int seed)
    {
        var random = new Random(seed);
        int at = random.Next(text.Length);
        char c = "()[]{}.,?:!-+'\"\\ab01u&|=<>`\u0000\ud800"[random.Next(29)];
        return random.Next(3) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, c.ToString()),
            _ => text[..at] + c + text[(at + 1)..],
        };
    }
}
