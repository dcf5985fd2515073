// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>Collects a list within what the evaluation may make.</summary>
internal struct ListBuilder(CelContext context)
{
    private const int BytesPerElement = 24;
    private CelValue[] _items = [];
    private int _count;

    /// <returns>False when the list became too large; the evaluation has failed then.</returns>
    public bool Add(in CelValue value)
    {
        if (_count == _items.Length)
        {
            int next = Math.Max(4, _count * 2);
            if (!context.Reserve((next - _count) * (long)BytesPerElement))
            {
                return false;
            }

            Array.Resize(ref _items, next);
        }

        _items[_count++] = value;
        return true;
    }

    public readonly CelValue Build() => CelValue.Of(new CelArrayList(_items, _count));
}

/// <summary><c>[a, ?b]</c>.</summary>
internal sealed class ListNode(int offset, Node[] elements, bool[] optional) : Node(offset)
{
    public override CelValue Value(CelContext context)
    {
        var list = new ListBuilder(context);
        for (int i = 0; i < elements.Length; i++)
        {
            CelValue value = elements[i].Value(context);
            if (context.Fault != CelFault.None)
            {
                return default;
            }

            if (optional[i] && !Unwrap(context, ref value, elements[i].Offset))
            {
                if (context.Fault != CelFault.None)
                {
                    return default;
                }

                continue;
            }

            if (!list.Add(value))
            {
                return default;
            }
        }

        return list.Build();
    }

    /// <returns>Whether the optional value has one; an error when the value is no optional one.</returns>
    public static bool Unwrap(CelContext context, ref CelValue value, int offset)
    {
        if (value.Kind != CelKind.Optional)
        {
            context.Fail(CelFault.NoSuchOverload, offset, value, "an optional value is expected");
            return false;
        }

        CelOptional found = value.Optional;
        value = found.Value;
        return found.HasValue;
    }
}

/// <summary><c>{a: b, ?c: d}</c>.</summary>
internal sealed class MapNode(int offset, Node[] keys, Node[] values, bool[] optional) : Node(offset)
{
    private const int BytesPerEntry = 80;

    public override CelValue Value(CelContext context)
    {
        var builder = new CelMapBuilder(keys.Length);
        for (int i = 0; i < keys.Length; i++)
        {
            CelValue key = keys[i].Value(context);
            CelValue value = context.Fault == CelFault.None ? values[i].Value(context) : default;
            if (context.Fault == CelFault.None && (!optional[i] || ListNode.Unwrap(context, ref value, values[i].Offset)))
            {
                Add(context, builder, key, value, keys[i].Offset);
            }

            if (context.Fault != CelFault.None)
            {
                return default;
            }
        }

        return CelValue.Of(builder.Build());
    }

    public static void Add(CelContext context, CelMapBuilder builder, in CelValue key, in CelValue value, int offset)
    {
        if (context.Reserve(BytesPerEntry) && builder.TryAdd(key, value) is { } fault)
        {
            context.Fail(fault, offset, key);
        }
    }
}

/// <summary><c>cel.bind(name, value, body)</c>: the value is found before the body, whether that uses it or not, and an error of it is its error.</summary>
internal sealed class BindNode(int offset, int slot, Node value, Node body) : Node(offset)
{
    public override CelValue Value(CelContext context) => Bind(context) ? body.Value(context) : default;

    public override bool Bool(CelContext context) => Bind(context) && body.Bool(context);

    public override long Bits(CelContext context) => Bind(context) ? body.Bits(context) : default;

    public override CelText Text(CelContext context) => Bind(context) ? body.Text(context) : default;

    private bool Bind(CelContext context)
    {
        CelValue found = value.Value(context);
        context.Locals[slot] = found;
        return context.Fault == CelFault.None;
    }
}

/// <summary><c>optMap</c> and <c>optFlatMap</c>.</summary>
internal sealed class OptionalMapNode(int offset, int slot, Node target, Node body, bool isFlat) : Node(offset)
{
    public override CelValue Value(CelContext context)
    {
        CelValue value = target.Value(context);
        if (context.Fault != CelFault.None)
        {
            return default;
        }

        if (!ListNode.Unwrap(context, ref value, Offset))
        {
            return context.Fault != CelFault.None ? default : CelValue.Of(CelOptional.None);
        }

        context.Locals[slot] = value;
        CelValue result = body.Value(context);
        if (context.Fault != CelFault.None)
        {
            return default;
        }

        return !isFlat ? CelValue.Of(CelOptional.Some(result))
            : result.Kind == CelKind.Optional ? result : context.Fail(CelFault.NoSuchOverload, Offset, result, "an optional value is expected");
    }
}
