// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Cel.Evaluation;
using NodeAgent.Cel.Limits;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel;

/// <summary>A compiled expression. Immutable: threads share it, each with its own context.</summary>
[SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "a host's function may throw anything")]
public sealed class CelProgram
{
    private readonly Node _root;

    internal CelProgram(string text, Node root, CelType result, int locals, CelCost cost, IReadOnlyList<CelIssue> warnings)
    {
        (Text, _root, Result, Locals, Cost, Warnings) = (text, root, result, locals, cost, warnings);
    }

    public string Text { get; }

    internal int Locals { get; set; }

    /// <summary>The type of the result, as far as it is known.</summary>
    public CelType Result { get; }

    /// <summary>How many steps an evaluation takes, by estimate.</summary>
    public CelCost Cost { get; }

    /// <summary>What will always fail though the types are right: patterns that are no regular expressions.</summary>
    public IReadOnlyList<CelIssue> Warnings { get; }

    /// <summary>For expressions of type bool.</summary>
    /// <returns>False after an error, which <see cref="DescribeError"/> tells until the context's next evaluation.</returns>
    public bool TryEvaluateBool(CelContext context, out bool result)
    {
        context.Begin(Locals);
        try
        {
            result = _root.Bool(context);
        }
        catch (Exception e)
        {
            result = Failed(context, e).Bool;
        }

        return context.Fault == CelFault.None;
    }

    /// <inheritdoc cref="TryEvaluateBool"/>
    public bool TryEvaluate(CelContext context, out CelValue result)
    {
        context.Begin(Locals);
        try
        {
            result = _root.Value(context);
        }
        catch (Exception e)
        {
            result = Failed(context, e);
        }

        return context.Fault == CelFault.None;
    }

    /// <summary>For expressions of type string: writes the text part by part, so that one that is only looked at is never put together.</summary>
    /// <inheritdoc cref="TryEvaluateBool"/>
    /// <param name="to">After an error it holds the parts before it.</param>
    public bool TryWrite(CelContext context, IBufferWriter<byte> to)
    {
        context.Begin(Locals);
        try
        {
            _root.Write(context, to);
        }
        catch (Exception e)
        {
            Failed(context, e);
        }

        return context.Fault == CelFault.None;
    }

    // The engine throws nothing; what a host's function throws must not end the host's loop.
    private static CelValue Failed(CelContext context, Exception e) => context.Fail(CelFault.Host, $"{e.GetType().Name}: {e.Message}");

    /// <summary>Which error the last evaluation ended with.</summary>
    public CelError DescribeError(CelContext context) => context.Describe(Text);
}
