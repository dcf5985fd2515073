// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Checking;
using NodeAgent.Cel.Syntax;
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Cel.Functions;

/// <summary>The standard definitions of the language with its usual extensions.</summary>
internal static class StandardLibrary
{
    /// <summary>Types that have names.</summary>
    public static IReadOnlyList<CelType> Types { get; } =
    [
        CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.Bytes, CelType.Null, CelType.Type,
        CelType.Timestamp, CelType.Duration, CelType.List(CelType.Dyn), CelType.Map(CelType.Dyn, CelType.Dyn), CelType.Optional(CelType.Dyn),
    ];

    public static FunctionTable Create()
    {
        var table = new FunctionTable();
        var library = new Library(table);
        Arithmetic.Declare(library);
        Relations.Declare(library);
        Containers.Declare(library);
        Conversions.Declare(library);
        TimeFunctions.Declare(library);
        Optionals.Declare(library);
        StringTests.Declare(library);
        Strings.Declare(library);
        Lists.Declare(library);
        Sets.Declare(library);
        MathFunctions.Declare(library);
        Encoders.Declare(library);
        return table;
    }
}
