// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary><c>size</c>, <c>in</c> and the index.</summary>
internal static class Containers
{
    public static void Declare(Library to)
    {
        var key = CelType.Parameter("A");
        var value = CelType.Parameter("B");
        var list = CelType.List(key);
        var map = CelType.Map(key, value);
        Size(to, CelType.String, a => Utf8.CountRunes(a.Text.Span));
        Size(to, CelType.Bytes, a => a.Text.Length);
        Size(to, list, a => a.List.Count);
        Size(to, map, a => a.Map.Count);
        to.Function(Operators.In, CelType.Bool, [key, list], (c, a) => c.Spend(a[1].List.Count) ? CelValue.Of(CelEquality.Contains(a[1].List, a[0])) : default);
        to.Function(Operators.In, CelType.Bool, [key, map], (_, a) => CelValue.Of(a[1].Map.TryGet(a[0], out CelValue _)));
        DeclareIndex(to, Operators.Index, key, value, list, map);
    }

    /// <summary>An element by a number of any type that is worth an int.</summary>
    /// <returns>False after an error, or, where missing is no error, when there is none.</returns>
    private static bool TryIndex(CelContext context, CelList list, in CelValue index, bool mayMiss, out CelValue value)
    {
        value = default;
        long place = index.Kind switch
        {
            CelKind.Int => index.Int,
            CelKind.Uint => index.Uint <= int.MaxValue ? index.Int : int.MaxValue,
            CelKind.Double when Math.Floor(index.Double) == index.Double && Math.Abs(index.Double) <= int.MaxValue => (long)index.Double,
            _ => -2,
        };
        if (place >= 0 && place < list.Count)
        {
            value = list[(int)place];
            return true;
        }

        if (!mayMiss)
        {
            context.Fail(place == -2 && index.Kind != CelKind.Int ? CelFault.BadArgument : CelFault.IndexOutOfRange, -1, index);
        }

        return false;
    }

    private static void Size(Library to, CelType type, Func<CelValue, long> size)
    {
        CelImplementation implementation = (c, a) => a[0].Kind != CelKind.String || c.Spend(a[0].Text.Length >> 4) ? CelValue.Of(size(a[0])) : default;
        to.Function("size", CelType.Int, [type], implementation);
        to.Member("size", CelType.Int, [type], implementation);
    }

    private static void DeclareIndex(Library to, string plain, CelType key, CelType value, CelType list, CelType map)
    {
        CelImplementation inList = (c, a) => TryIndex(c, a[0].List, a[1], mayMiss: false, out CelValue found) ? found : default;
        to.Function(plain, key, [list, CelType.Int], inList);
        to.Function(plain, value, [map, key], (c, a) => a[0].Map.TryGet(a[1], out CelValue found) ? found : c.Fail(CelFault.NoSuchKey, -1, a[1]));
        // Numbers of other types reach an index only through dyn.
        to.Function(plain, CelType.Dyn, [CelType.List(CelType.Dyn), CelType.Uint], inList);
        to.Function(plain, CelType.Dyn, [CelType.List(CelType.Dyn), CelType.Double], inList);

        var optional = CelType.Optional(value);
        to.Function(Operators.OptionalIndex, CelType.Optional(key), [list, CelType.Int], FindInList);
        to.Function(Operators.OptionalIndex, optional, [map, key], FindInMap);
        foreach (string function in new[] { plain, Operators.OptionalIndex })
        {
            to.Function(function, CelType.Dyn, [CelType.Optional(CelType.Dyn), CelType.Dyn], (c, a) =>
            {
                CelOptional container = a[0].Optional;
                return !container.HasValue ? a[0]
                    : container.Value.Kind == CelKind.List ? FindInList(c, [container.Value, a[1]])
                    : container.Value.Kind == CelKind.Map ? FindInMap(c, [container.Value, a[1]])
                    : c.Fail(CelFault.NoSuchOverload);
            });
        }
    }

    private static CelValue FindInList(CelContext context, ReadOnlySpan<CelValue> a) =>
        CelValue.Of(TryIndex(context, a[0].List, a[1], mayMiss: true, out CelValue found) ? CelOptional.Some(found) : CelOptional.None);

    private static CelValue FindInMap(CelContext context, ReadOnlySpan<CelValue> a) =>
        CelValue.Of(a[0].Map.TryGet(a[1], out CelValue found) ? CelOptional.Some(found) : CelOptional.None);
}
