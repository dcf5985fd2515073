// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Lists as sets.</summary>
internal static class Sets
{
    public static void Declare(Library to)
    {
        var list = CelType.List(CelType.Parameter("A"));
        to.Function("sets.contains", CelType.Bool, [list, list], (c, a) => Spend(c, a) ? CelValue.Of(Contains(a[0].List, a[1].List)) : default);
        to.Function("sets.equivalent", CelType.Bool, [list, list], (c, a) =>
            Spend(c, a) ? CelValue.Of(Contains(a[0].List, a[1].List) && Contains(a[1].List, a[0].List)) : default);
        to.Function("sets.intersects", CelType.Bool, [list, list], (c, a) => Spend(c, a) ? CelValue.Of(Intersects(a[0].List, a[1].List)) : default);
    }

    private static bool Spend(CelContext context, ReadOnlySpan<CelValue> a) => context.Spend((long)a[0].List.Count * a[1].List.Count);

    private static bool Contains(CelList list, CelList parts)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            if (!CelEquality.Contains(list, parts[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Intersects(CelList left, CelList right)
    {
        for (int i = 0; i < left.Count; i++)
        {
            if (CelEquality.Contains(right, left[i]))
            {
                return true;
            }
        }

        return false;
    }
}
