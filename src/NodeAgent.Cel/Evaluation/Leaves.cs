// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

internal sealed class ConstantNode(int offset, CelValue value) : Node(offset)
{
    private readonly CelValue _value = value;
    private readonly CelText _text = value.Text;

    public CelValue Constant => _value;

    public override CelValue Value(CelContext context) => _value;

    public override CelText Text(CelContext context) => _text;
}

internal sealed class VariableNode(int offset, CelVariable variable) : Node(offset)
{
    private readonly int _slot = variable.Slot;

    public override CelValue Value(CelContext context)
    {
        ref readonly CelValue value = ref context.Variables[_slot];
        return value.Kind == CelKind.None ? context.Fail(CelFault.Unbound, Offset, default, variable.Name) : value;
    }

    public override CelText Text(CelContext context)
    {
        ref readonly CelValue value = ref context.Variables[_slot];
        return value.Kind == CelKind.String ? value.Text : base.Text(context);
    }

    public override CelObject? Object(CelContext context)
    {
        ref readonly CelValue value = ref context.Variables[_slot];
        return value.Kind == CelKind.Object ? System.Runtime.CompilerServices.Unsafe.As<CelObject?>(value.Reference) : base.Object(context);
    }
}

/// <summary>The variable of a macro.</summary>
internal sealed class LocalNode(int offset, int slot) : Node(offset)
{
    public override CelValue Value(CelContext context) => context.Locals[slot];

    public override CelText Text(CelContext context) => context.Locals[slot].Text;

    public override long Bits(CelContext context) => context.Locals[slot].Int;

    public override bool Bool(CelContext context) => context.Locals[slot].Kind == CelKind.Bool ? context.Locals[slot].Bool : base.Bool(context);
}

/// <summary>A declared field of an object whose type is known.</summary>
internal sealed class FieldNode(int offset, Node operand, CelField field) : Node(offset)
{
    public override CelValue Value(CelContext context) => Operand(context) is { } instance ? field.Value(instance) : default;

    public override CelText Text(CelContext context) => Operand(context) is { } instance ? field.Text(instance) : default;

    public override long Bits(CelContext context) => Operand(context) is { } instance ? field.Bits(instance) : default;

    public override bool Bool(CelContext context) => field.Type.Kind == CelTypeKind.Bool ? Bits(context) != 0 : base.Bool(context);

    private CelObject? Operand(CelContext context)
    {
        CelObject? instance = operand.Object(context);
        if (context.Fault != CelFault.None)
        {
            return null;
        }

        if (instance is null)
        {
            context.Fail(CelFault.NoSuchField, Offset, default, $"{field.Name} of null");
        }

        return instance;
    }
}

/// <summary><c>has(object.field)</c> of an object whose type is known.</summary>
internal sealed class FieldTestNode(int offset, Node operand, CelField field) : BoolNode(offset)
{
    public override bool Bool(CelContext context)
    {
        CelObject? instance = operand.Object(context);
        return context.Fault == CelFault.None && instance is not null && field.IsSet(instance);
    }
}
