// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Types;

internal enum CelTypeKind
{
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    Duration,
    Type,
    List,
    Map,
    Optional,

    /// <summary>A primitive or null.</summary>
    Nullable,
    Object,

    /// <summary>A parameter of an overload, or of one use of it.</summary>
    Parameter,
}

/// <summary>A type of the language as the checker knows it. Immutable; equal types need not be one instance.</summary>
public sealed class CelType : IEquatable<CelType>
{
    private CelType(CelTypeKind kind, string name, params CelType[] parameters)
    {
        Kind = kind;
        Name = name;
        Parameters = parameters;
    }

    public static CelType Dyn { get; } = new(CelTypeKind.Dyn, "dyn");

    public static CelType Null { get; } = new(CelTypeKind.Null, "null_type");

    public static CelType Bool { get; } = new(CelTypeKind.Bool, "bool");

    public static CelType Int { get; } = new(CelTypeKind.Int, "int");

    public static CelType Uint { get; } = new(CelTypeKind.Uint, "uint");

    public static CelType Double { get; } = new(CelTypeKind.Double, "double");

    public static CelType String { get; } = new(CelTypeKind.String, "string");

    public static CelType Bytes { get; } = new(CelTypeKind.Bytes, "bytes");

    public static CelType Timestamp { get; } = new(CelTypeKind.Timestamp, "google.protobuf.Timestamp");

    public static CelType Duration { get; } = new(CelTypeKind.Duration, "google.protobuf.Duration");

    /// <summary>The type of types.</summary>
    public static CelType Type { get; } = new(CelTypeKind.Type, "type", Dyn);

    /// <summary>The language's name of the type, without its parameters.</summary>
    public string Name { get; }

    internal CelTypeKind Kind { get; }

    internal CelType[] Parameters { get; }

    internal CelObjectType? Fields { get; private init; }

    public static CelType List(CelType element) => new(CelTypeKind.List, "list", element);

    public static CelType Map(CelType key, CelType value) => new(CelTypeKind.Map, "map", key, value);

    public static CelType Optional(CelType value) => new(CelTypeKind.Optional, "optional_type", value);

    /// <summary>The primitive type or null.</summary>
    public static CelType Nullable(CelType primitive) => new(CelTypeKind.Nullable, primitive.Name, primitive);

    public static CelType Object(CelObjectType type) => new(CelTypeKind.Object, type.Name) { Fields = type };

    internal static CelType TypeOf(CelType type) => new(CelTypeKind.Type, "type", type);

    /// <summary>A parameter of an overload: the same name stands for the same type wherever the overload's signature has it.</summary>
    public static CelType Parameter(string name) => new(CelTypeKind.Parameter, name);

    internal CelType With(CelType[] parameters) => new(Kind, Name, parameters) { Fields = Fields };

    public bool Equals(CelType? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || Kind != other.Kind || Name != other.Name || Parameters.Length != other.Parameters.Length)
        {
            return false;
        }

        for (int i = 0; i < Parameters.Length; i++)
        {
            if (!Parameters[i].Equals(other.Parameters[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as CelType);

    public override int GetHashCode() => HashCode.Combine(Kind, Name, Parameters.Length);

    public override string ToString() => Kind switch
    {
        CelTypeKind.Nullable => $"wrapper({Name})",
        CelTypeKind.Type when Parameters[0].Kind == CelTypeKind.Dyn => Name,
        _ => Parameters.Length == 0 ? Name : $"{Name}({string.Join(", ", Parameters.AsEnumerable())})",
    };
}
