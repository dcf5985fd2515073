// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Functions;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Evaluation;

/// <summary><c>list.sortBy(x, key)</c>.</summary>
internal sealed class SortByNode(int offset, Node range, int slot, int weight, Node key) : MacroNode(offset, range, slot, hasTwo: false, weight)
{
    public override CelValue Value(CelContext context)
    {
        int count = Start(context, out Elements elements);
        if (count < 0)
        {
            return default;
        }

        if (elements.List is null)
        {
            return context.Fail(CelFault.NoSuchOverload, Offset, default, "sortBy() sorts a list");
        }

        if (!context.Reserve(count * 48L))
        {
            return default;
        }

        var keys = new CelValue[count];
        var values = new CelValue[count];
        for (int i = 0; i < count; i++)
        {
            if (!Next(context, elements, i))
            {
                return default;
            }

            values[i] = Element(context, elements);
            keys[i] = key.Value(context);
            if (context.Fault != CelFault.None)
            {
                return default;
            }
        }

        return Lists.Sort(context, keys, values, Offset);
    }
}
