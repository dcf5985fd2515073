// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>A field of a variable: what rules read most, in two calls.</summary>
/// <remarks>The cast is safe: <see cref="CelContext.Set"/> lets only values of the declared class into the variable.</remarks>
internal abstract class VariableFieldNode<T>(int offset, CelVariable variable, string field) : Node(offset)
    where T : CelObject
{
    private readonly int _slot = variable.Slot;

    /// <returns>Null, with an error, when the variable has no value or is null.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected T? Instance(CelContext context) =>
        context.Variables[_slot].Reference is { } reference ? Unsafe.As<T>(reference) : Missing(context);

    private T? Missing(CelContext context)
    {
        bool isNull = context.Variables[_slot].Kind == CelKind.Null;
        context.Fail(isNull ? CelFault.NoSuchField : CelFault.Unbound, Offset, default, isNull ? field : variable.Name);
        return null;
    }
}

internal sealed class TextFieldNode<T>(int offset, CelVariable variable, string field, Func<T, CelText> get) : VariableFieldNode<T>(offset, variable, field)
    where T : CelObject
{
    public override CelText Text(CelContext context) => Instance(context) is { } instance ? get(instance) : default;

    public override CelValue Value(CelContext context) => Instance(context) is { } instance ? CelValue.Of(get(instance)) : default;
}

internal sealed class IntFieldNode<T>(int offset, CelVariable variable, string field, Func<T, long> get) : VariableFieldNode<T>(offset, variable, field)
    where T : CelObject
{
    public override long Bits(CelContext context) => Instance(context) is { } instance ? get(instance) : 0;

    public override CelValue Value(CelContext context) => Instance(context) is { } instance ? CelValue.Of(get(instance)) : default;
}

internal sealed class UintFieldNode<T>(int offset, CelVariable variable, string field, Func<T, ulong> get) : VariableFieldNode<T>(offset, variable, field)
    where T : CelObject
{
    public override long Bits(CelContext context) => Instance(context) is { } instance ? (long)get(instance) : 0;

    public override CelValue Value(CelContext context) => Instance(context) is { } instance ? CelValue.Of(get(instance)) : default;
}

internal sealed class BoolFieldNode<T>(int offset, CelVariable variable, string field, Func<T, bool> get) : VariableFieldNode<T>(offset, variable, field)
    where T : CelObject
{
    public override bool Bool(CelContext context) => Instance(context) is { } instance && get(instance);

    public override long Bits(CelContext context) => Instance(context) is { } instance && get(instance) ? 1 : 0;

    public override CelValue Value(CelContext context) => Instance(context) is { } instance ? CelValue.Of(get(instance)) : default;
}

internal sealed class ValueFieldNode<T>(int offset, CelVariable variable, string field, Func<T, CelValue> get) : VariableFieldNode<T>(offset, variable, field)
    where T : CelObject
{
    public override CelValue Value(CelContext context) => Instance(context) is { } instance ? get(instance) : default;
}
