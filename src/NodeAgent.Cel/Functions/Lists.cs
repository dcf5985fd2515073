// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Evaluation;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Lists made of lists.</summary>
internal static class Lists
{
    public static void Declare(Library to)
    {
        var any = CelType.Parameter("A");
        var list = CelType.List(any);
        to.Member("slice", list, [list, CelType.Int, CelType.Int], (c, a) => Slice(c, a[0].List, a[1].Int, a[2].Int));
        to.Member("flatten", list, [CelType.List(list)], (c, a) => Flatten(c, a[0].List, 1));
        to.Member("flatten", CelType.List(CelType.Dyn), [CelType.List(CelType.Dyn), CelType.Int], (c, a) =>
            a[1].Int < 0 ? c.Fail(CelFault.BadArgument, -1, a[1], "the level cannot be negative") : Flatten(c, a[0].List, a[1].Int));
        to.Function("lists.range", CelType.List(CelType.Int), [CelType.Int], Range);
        to.Member("distinct", list, [list], Distinct);
        to.Member("reverse", list, [list], (c, a) => Build(c, a[0].List, (l, i) => l[l.Count - 1 - i]));
        to.Member("sort", list, [list], (c, a) => Build(c, a[0].List, (l, i) => l[i]) is { Kind: CelKind.List } copy
            ? Sort(c, [.. ((CelArrayList)copy.List).Span], [.. ((CelArrayList)copy.List).Span], -1) : default);
        to.Member("first", CelType.Optional(any), [list], (_, a) => Optional(a[0].List, 0));
        to.Member("last", CelType.Optional(any), [list], (_, a) => Optional(a[0].List, a[0].List.Count - 1));
    }

    public static CelValue Concatenate(CelContext context, CelList left, CelList right)
    {
        if (left.Count == 0 || right.Count == 0)
        {
            return CelValue.Of(left.Count == 0 ? right : left);
        }

        var result = new ListBuilder(context);
        return AddAll(ref result, left) && AddAll(ref result, right) ? result.Build() : default;
    }

    /// <summary>The values in the order of their keys; equal keys keep their order.</summary>
    public static CelValue Sort(CelContext context, CelValue[] keys, CelValue[] values, int offset)
    {
        int[] places = new int[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            places[i] = i;
            if (keys[i].Kind != keys[0].Kind || CelEquality.Compare(keys[i], keys[i]) is null)
            {
                return context.Fail(CelFault.BadArgument, offset, keys[i], "sorting needs keys of one type that has an order");
            }
        }

        long steps = (long)keys.Length * System.Numerics.BitOperations.Log2((uint)keys.Length + 1);
        if (!context.Spend(steps) || !context.Reserve(keys.Length * 32L))
        {
            return default;
        }

        Array.Sort(places, (x, y) => CelEquality.Compare(keys[x], keys[y]) is { } order && order != 0 ? order : x.CompareTo(y));
        var sorted = new CelValue[values.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = values[places[i]];
        }

        return CelValue.Of(new CelArrayList(sorted, sorted.Length));
    }

    private static CelValue Slice(CelContext context, CelList list, long start, long end)
    {
        if (start < 0 || end < start || end > list.Count)
        {
            return context.Fail(CelFault.IndexOutOfRange, -1, CelValue.Of(start < 0 || start > list.Count ? start : end));
        }

        var result = new ListBuilder(context);
        for (int i = (int)start; i < end; i++)
        {
            if (!result.Add(list[i]))
            {
                return default;
            }
        }

        return result.Build();
    }

    private static CelValue Flatten(CelContext context, CelList list, long levels)
    {
        var result = new ListBuilder(context);
        return Flatten(context, ref result, list, levels) ? result.Build() : default;
    }

    // As deep as the value is nested, which the expression bounds.
    private static bool Flatten(CelContext context, ref ListBuilder result, CelList list, long levels)
    {
        for (int i = 0; i < list.Count; i++)
        {
            CelValue item = list[i];
            bool done = item.Kind == CelKind.List && levels > 0 ? Flatten(context, ref result, item.List, levels - 1) : result.Add(item);
            if (!done)
            {
                return false;
            }
        }

        return true;
    }

    private static CelValue Range(CelContext context, ReadOnlySpan<CelValue> a)
    {
        var result = new ListBuilder(context);
        for (long i = 0; i < a[0].Int; i++)
        {
            if (!result.Add(CelValue.Of(i)))
            {
                return default;
            }
        }

        return result.Build();
    }

    private static CelValue Distinct(CelContext context, ReadOnlySpan<CelValue> a)
    {
        CelList list = a[0].List;
        var seen = new HashSet<CelValue>(CelKeys.Comparer);
        var result = new ListBuilder(context);
        for (int i = 0; i < list.Count; i++)
        {
            // Values of one hash are compared one by one; nobody may make that long.
            if (!context.Spend(1 + (list[i].Kind is CelKind.List or CelKind.Map ? i : 0)))
            {
                return default;
            }

            if (seen.Add(list[i]) && !result.Add(list[i]))
            {
                return default;
            }
        }

        return result.Build();
    }

    private static CelValue Build(CelContext context, CelList list, Func<CelList, int, CelValue> item)
    {
        var result = new ListBuilder(context);
        for (int i = 0; i < list.Count; i++)
        {
            if (!result.Add(item(list, i)))
            {
                return default;
            }
        }

        return result.Build();
    }

    private static bool AddAll(ref ListBuilder result, CelList list)
    {
        for (int i = 0; i < list.Count; i++)
        {
            if (!result.Add(list[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static CelValue Optional(CelList list, int index) =>
        CelValue.Of(index >= 0 && index < list.Count ? CelOptional.Some(list[index]) : CelOptional.None);
}
