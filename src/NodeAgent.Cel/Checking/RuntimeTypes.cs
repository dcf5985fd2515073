// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Checking;

/// <summary>Types of values at run time.</summary>
internal static class RuntimeTypes
{
    private static readonly CelType List = CelType.List(CelType.Dyn);
    private static readonly CelType Map = CelType.Map(CelType.Dyn, CelType.Dyn);
    private static readonly CelType Optional = CelType.Optional(CelType.Dyn);

    public static bool Fits(in CelValue value, CelType type) => type.Kind switch
    {
        CelTypeKind.Dyn or CelTypeKind.Parameter => value.Kind != CelKind.None,
        CelTypeKind.Nullable => value.Kind == CelKind.Null || Fits(value, type.Parameters[0]),
        CelTypeKind.Object => value.Kind == CelKind.Object && type.Fields!.Accepts(value.Object),
        _ => value.Kind == KindOf(type.Kind),
    };

    /// <summary>What <c>type()</c> answers.</summary>
    public static CelType Of(in CelValue value) => value.Kind switch
    {
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.Uint => CelType.Uint,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        CelKind.Timestamp => CelType.Timestamp,
        CelKind.Duration => CelType.Duration,
        CelKind.List => List,
        CelKind.Map => Map,
        CelKind.Type => CelType.Type,
        CelKind.Optional => Optional,
        CelKind.Object => CelType.Object(value.Object.ObjectType),
        _ => CelType.Null,
    };

    private static CelKind KindOf(CelTypeKind kind) => kind switch
    {
        CelTypeKind.Null => CelKind.Null,
        CelTypeKind.Bool => CelKind.Bool,
        CelTypeKind.Int => CelKind.Int,
        CelTypeKind.Uint => CelKind.Uint,
        CelTypeKind.Double => CelKind.Double,
        CelTypeKind.String => CelKind.String,
        CelTypeKind.Bytes => CelKind.Bytes,
        CelTypeKind.Timestamp => CelKind.Timestamp,
        CelTypeKind.Duration => CelKind.Duration,
        CelTypeKind.Type => CelKind.Type,
        CelTypeKind.List => CelKind.List,
        CelTypeKind.Map => CelKind.Map,
        CelTypeKind.Optional => CelKind.Optional,
        _ => CelKind.None,
    };
}
