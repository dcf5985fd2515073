// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>Values that may be missing.</summary>
internal static class Optionals
{
    public static void Declare(Library to)
    {
        var any = CelType.Parameter("A");
        var optional = CelType.Optional(any);
        to.Function("optional.of", optional, [any], (_, a) => CelValue.Of(CelOptional.Some(a[0])));
        to.Function("optional.none", optional, [], (_, _) => CelValue.Of(CelOptional.None));
        to.Function("optional.ofNonZeroValue", optional, [any], (_, a) => CelValue.Of(IsZero(a[0]) ? CelOptional.None : CelOptional.Some(a[0])));
        to.Function("optional.unwrap", CelType.List(any), [CelType.List(optional)], Unwrap);
        to.Member("unwrapOpt", CelType.List(any), [CelType.List(optional)], Unwrap);
        to.Member("hasValue", CelType.Bool, [optional], (_, a) => CelValue.Of(a[0].Optional.HasValue));
        to.Member("value", any, [optional], (c, a) => a[0].Optional.HasValue ? a[0].Optional.Value : c.Fail(CelFault.OptionalIsEmpty));
        to.Member("or", optional, [optional, optional], (_, a) => a[0].Optional.HasValue ? a[0] : a[1]);
        to.Member("orValue", any, [optional, any], (_, a) => a[0].Optional.HasValue ? a[0].Optional.Value : a[1]);
    }

    private static CelValue Unwrap(CelContext context, ReadOnlySpan<CelValue> a)
    {
        CelList list = a[0].List;
        var result = new Evaluation.ListBuilder(context);
        for (int i = 0; i < list.Count; i++)
        {
            CelValue item = list[i];
            if (item.Kind != CelKind.Optional)
            {
                return context.Fail(CelFault.NoSuchOverload);
            }

            if (item.Optional.HasValue && !result.Add(item.Optional.Value))
            {
                return default;
            }
        }

        return result.Build();
    }

    private static bool IsZero(in CelValue value) => value.Kind switch
    {
        CelKind.Null => true,
        CelKind.String or CelKind.Bytes => value.Text.Length == 0,
        CelKind.Double => value.Double == 0,
        CelKind.List => value.List.Count == 0,
        CelKind.Map => value.Map.Count == 0,
        CelKind.Timestamp => value.Timestamp == default,
        CelKind.Duration => value.Duration == default,
        CelKind.Optional => !value.Optional.HasValue,
        CelKind.Bool or CelKind.Int or CelKind.Uint => value.Int == 0,
        _ => false,
    };
}
