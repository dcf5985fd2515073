// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary><c>google.protobuf.Int64Value{value: 1}</c>: a well-known message, which is a value of the language.</summary>
internal sealed class MessageNode(int offset, string name, string[] fields, Node[] values, bool[] optional) : Node(offset)
{
    public override CelValue Value(CelContext context)
    {
        if (Messages.Find(name) is not { } message)
        {
            return context.Fail(CelFault.NoSuchField, Offset, default, $"message type {name}");
        }

        var found = new Dictionary<string, CelValue>(StringComparer.Ordinal);
        for (int i = 0; i < fields.Length; i++)
        {
            CelValue value = values[i].Value(context);
            if (context.Fault != CelFault.None || (optional[i] && !ListNode.Unwrap(context, ref value, values[i].Offset)))
            {
                if (context.Fault != CelFault.None)
                {
                    return default;
                }

                continue;
            }

            if (!message.Fields.TryGetValue(fields[i], out CelType? type) || !(RuntimeTypes.Fits(value, type) || (value.Kind == CelKind.Null && message.Type.Kind == CelTypeKind.Nullable)))
            {
                return context.Fail(CelFault.NoSuchField, Offset, value, $"{name}.{fields[i]}");
            }

            found[fields[i]] = value;
        }

        return Make(context, message, found);
    }

    private CelValue Make(CelContext context, MessageType message, Dictionary<string, CelValue> found)
    {
        switch (message.Type.Kind)
        {
            case CelTypeKind.Timestamp:
                var time = CelTimestamp.FromUnixNanoseconds(0);
                CelValue sum = Times.Add(context, time with { Seconds = Number(found, "seconds") }, new CelDuration(Number(found, "nanos")), 1);
                return Placed(context, sum);
            case CelTypeKind.Duration:
                Int128 nanos = ((Int128)Number(found, "seconds") * CelDuration.NanosPerSecond) + Number(found, "nanos");
                return nanos >= long.MinValue && nanos <= long.MaxValue ? CelValue.Of(new CelDuration((long)nanos)) : context.Fail(CelFault.OutOfRange, Offset);
            case CelTypeKind.Map:
                return found.TryGetValue("fields", out CelValue map) ? map : CelValue.Of(CelMap.Empty);
            case CelTypeKind.List:
                return found.TryGetValue("values", out CelValue list) ? list : CelValue.Of(CelList.Empty);
            case CelTypeKind.Nullable:
                return found.TryGetValue("value", out CelValue value) ? InRange(context, value) : Zero(message.Type.Parameters[0].Kind);
            default:
                return found.Count == 0 ? CelValue.Null : found.Values.First();
        }
    }

    // The narrow wrappers hold less than the language's numbers.
    private CelValue InRange(CelContext context, in CelValue value)
    {
        bool fits = name switch
        {
            _ when name.EndsWith("UInt32Value", StringComparison.Ordinal) => value.Kind != CelKind.Uint || value.Uint <= uint.MaxValue,
            _ when name.EndsWith("Int32Value", StringComparison.Ordinal) => value.Kind != CelKind.Int || value.Int is >= int.MinValue and <= int.MaxValue,
            _ => true,
        };
        return !fits ? context.Fail(CelFault.OutOfRange, Offset, value)
            : name.EndsWith("FloatValue", StringComparison.Ordinal) && value.Kind == CelKind.Double ? CelValue.Of((double)(float)value.Double) : value;
    }

    private CelValue Placed(CelContext context, in CelValue value)
    {
        if (context.Fault != CelFault.None)
        {
            context.FaultOffset = Offset;
        }

        return value;
    }

    private static long Number(Dictionary<string, CelValue> found, string field) => found.TryGetValue(field, out CelValue value) ? value.Int : 0;

    private static CelValue Zero(CelTypeKind kind) => kind switch
    {
        CelTypeKind.Bool => CelValue.False,
        CelTypeKind.Int => CelValue.Of(0L),
        CelTypeKind.Uint => CelValue.Of(0UL),
        CelTypeKind.Double => CelValue.Of(0.0),
        CelTypeKind.Bytes => CelValue.OfBytes(default),
        _ => CelValue.Of(default(CelText)),
    };
}
