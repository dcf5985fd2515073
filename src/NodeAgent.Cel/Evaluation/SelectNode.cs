// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

internal enum SelectMode
{
    Plain,

    /// <summary><c>has(a.b)</c>.</summary>
    Test,

    /// <summary><c>a.?b</c>: missing is empty and no error.</summary>
    Optional,

    /// <summary><c>has(a.?b)</c>.</summary>
    OptionalTest,
}

/// <summary>A field of what is known only at run time: a map, an object, an optional value of either.</summary>
internal sealed class SelectNode(int offset, Node operand, string field, SelectMode mode) : Node(offset)
{
    private readonly CelValue _key = CelValue.Of(field);

    public override CelValue Value(CelContext context)
    {
        CelValue value = operand.Value(context);
        if (context.Fault != CelFault.None)
        {
            return default;
        }

        bool isOptional = mode is SelectMode.Optional or SelectMode.OptionalTest;
        if (value.Kind == CelKind.Optional)
        {
            isOptional = true;
            if (!value.Optional.HasValue)
            {
                return mode is SelectMode.Plain or SelectMode.Optional ? value : CelValue.False;
            }

            value = value.Optional.Value;
        }

        bool isTest = mode is SelectMode.Test or SelectMode.OptionalTest;
        bool found = TryFind(context, value, isOptional, isTest, out CelValue result);
        if (context.Fault != CelFault.None)
        {
            return default;
        }

        return isTest ? CelValue.Of(found)
            : isOptional ? CelValue.Of(found ? CelOptional.Some(result) : CelOptional.None)
            : found ? result : context.Fail(CelFault.NoSuchKey, Offset, _key);
    }

    private bool TryFind(CelContext context, in CelValue value, bool isOptional, bool isTest, out CelValue result)
    {
        result = default;
        switch (value.Reference)
        {
            case CelMap map:
                return map.TryGet(_key, out result);
            case CelObject instance when instance.ObjectType.TryGetField(field, out CelField? declared):
                bool isSet = !(isOptional || isTest) || declared.IsSet(instance);
                result = isSet && !isTest ? declared.Value(instance) : default;
                return isSet;
            default:
                context.Fail(CelFault.NoSuchField, Offset, _key);
                return false;
        }
    }
}
