// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary>Goes over a list or a map and puts each element into the variables of the macro.</summary>
/// <param name="weight">Steps of one round.</param>
/// <param name="slot">The place of the first variable; that of the second is the next.</param>
internal abstract class MacroNode(int offset, Node range, int slot, bool hasTwo, int weight) : Node(offset)
{
    protected int Weight => weight;

    /// <returns>How many elements there are; -1 after an error.</returns>
    protected int Start(CelContext context, out Elements elements)
    {
        CelValue value = range.Value(context);
        elements = default;
        if (context.Fault != CelFault.None)
        {
            return -1;
        }

        elements = new Elements(value.Reference as CelList, value.Reference as CelMap);
        if (elements.List is not null)
        {
            return elements.List.Count;
        }

        if (elements.Map is not null)
        {
            return elements.Map.Count;
        }

        context.Fail(CelFault.NoSuchOverload, Offset, value, "a list or a map is expected");
        return -1;
    }

    /// <returns>False when the evaluation has taken too many steps.</returns>
    protected bool Next(CelContext context, in Elements elements, int index)
    {
        if (!context.Spend(weight))
        {
            context.FaultOffset = Offset;
            return false;
        }

        if (elements.List is { } list)
        {
            if (hasTwo)
            {
                context.Locals[slot] = CelValue.Of((long)index);
            }

            context.Locals[hasTwo ? slot + 1 : slot] = list[index];
            return true;
        }

        context.Locals[slot] = elements.Map!.KeyAt(index);
        if (hasTwo)
        {
            context.Locals[slot + 1] = elements.Map.ValueAt(index);
        }

        return true;
    }

    protected CelValue Element(CelContext context, in Elements elements) => context.Locals[hasTwo && elements.List is not null ? slot + 1 : slot];

    protected CelValue Key(CelContext context) => context.Locals[slot];

    protected readonly record struct Elements(CelList? List, CelMap? Map);
}

/// <summary><c>all</c> and <c>exists</c>: the element that decides wins over errors of others.</summary>
internal sealed class QuantifierNode(int offset, Node range, int slot, bool hasTwo, int weight, bool isAll, Node condition)
    : MacroNode(offset, range, slot, hasTwo, weight)
{
    private readonly bool _decides = !isAll;

    public override CelValue Value(CelContext context) => CelValue.Of(Bool(context));

    public override bool Bool(CelContext context)
    {
        int count = Start(context, out Elements elements);
        FaultState fault = default;
        for (int i = 0; i < count && Next(context, elements, i); i++)
        {
            bool value = condition.Bool(context);
            if (context.Fault != CelFault.None)
            {
                if (context.IsFatal)
                {
                    return false;
                }

                fault = fault.Fault == CelFault.None ? context.SaveFault() : fault;
                context.ClearFault();
            }
            else if (value == _decides)
            {
                return _decides;
            }
        }

        if (fault.Fault != CelFault.None && !context.IsFatal)
        {
            context.RestoreFault(fault);
        }

        return !_decides;
    }
}

internal sealed class ExistsOneNode(int offset, Node range, int slot, bool hasTwo, int weight, Node condition)
    : MacroNode(offset, range, slot, hasTwo, weight)
{
    public override CelValue Value(CelContext context) => CelValue.Of(Bool(context));

    public override bool Bool(CelContext context)
    {
        int count = Start(context, out Elements elements);
        int found = 0;
        for (int i = 0; i < count && Next(context, elements, i); i++)
        {
            found += condition.Bool(context) ? 1 : 0;
            if (context.Fault != CelFault.None)
            {
                return false;
            }
        }

        return found == 1;
    }
}

/// <summary><c>map</c>, <c>filter</c> and <c>transformList</c>.</summary>
internal sealed class ListMacroNode(int offset, Node range, int slot, bool hasTwo, int weight, Node? condition, Node? result)
    : MacroNode(offset, range, slot, hasTwo, weight)
{
    public override CelValue Value(CelContext context)
    {
        int count = Start(context, out Elements elements);
        if (count <= 0)
        {
            return count < 0 ? default : CelValue.Of(CelList.Empty);
        }

        var values = new ListBuilder(context);
        for (int i = 0; i < count && Next(context, elements, i); i++)
        {
            bool wanted = condition is null || condition.Bool(context);
            if (context.Fault == CelFault.None && wanted)
            {
                CelValue value = result is null ? Element(context, elements) : result.Value(context);
                if (context.Fault == CelFault.None)
                {
                    values.Add(value);
                }
            }

            if (context.Fault != CelFault.None)
            {
                return default;
            }
        }

        return context.Fault != CelFault.None ? default : values.Build();
    }
}

/// <summary><c>transformMap</c> and <c>transformMapEntry</c>.</summary>
internal sealed class MapMacroNode(int offset, Node range, int slot, int weight, bool isEntry, Node? condition, Node result)
    : MacroNode(offset, range, slot, hasTwo: true, weight)
{
    public override CelValue Value(CelContext context)
    {
        int count = Start(context, out Elements elements);
        var builder = new CelMapBuilder(4);
        for (int i = 0; i < count && Next(context, elements, i); i++)
        {
            if (condition is null || (condition.Bool(context) && context.Fault == CelFault.None))
            {
                CelValue value = result.Value(context);
                if (context.Fault == CelFault.None)
                {
                    Add(context, builder, value);
                }
            }

            if (context.Fault != CelFault.None)
            {
                return default;
            }
        }

        return context.Fault != CelFault.None ? default : CelValue.Of(builder.Build());
    }

    private void Add(CelContext context, CelMapBuilder builder, in CelValue value)
    {
        if (!isEntry)
        {
            MapNode.Add(context, builder, Key(context), value, Offset);
            return;
        }

        if (value.Reference is not CelMap map)
        {
            context.Fail(CelFault.NoSuchOverload, Offset, value, "a map is expected");
            return;
        }

        for (int i = 0; i < map.Count && context.Fault == CelFault.None; i++)
        {
            MapNode.Add(context, builder, map.KeyAt(i), map.ValueAt(i), Offset);
        }
    }
}
