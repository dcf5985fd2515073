// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Ownership;

/// <summary>How a value is shared between those who set fields.</summary>
internal enum FieldKind
{
    /// <summary>One owner for all of it: scalars, and lists.</summary>
    Atomic,

    /// <summary>Each member has its owners; which members there are is fixed.</summary>
    Struct,

    /// <summary>Each member has its owners, and so has whether it is there.</summary>
    Map,

    /// <summary>A list whose items are told apart by one member.</summary>
    Keyed,

    /// <summary>A list of scalars in which each is there once.</summary>
    Set,
}

/// <summary>The shape of a value, from the same contract as everything else that is said of the kinds.</summary>
/// <remarks>Our lists are atomic, as the OpenAPI documents say. Of metadata's, owners are told apart by uid and finalizers are a set, as in every kind.</remarks>
internal readonly struct FieldShape
{
    private readonly JsonTypeInfo? _type;

    private FieldShape(FieldKind kind, JsonTypeInfo? type, string key = "")
    {
        Kind = kind;
        _type = type;
        Key = key;
    }

    public FieldKind Kind { get; }

    /// <summary>Of <see cref="FieldKind.Keyed"/>: the member.</summary>
    public string Key { get; }

    public static FieldShape Of(JsonTypeInfo? type, string path, JsonNode? sample)
    {
        Type? clr = type is null ? null : Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (path == "metadata.ownerReferences")
        {
            return new FieldShape(FieldKind.Keyed, type, "uid");
        }

        if (path == "metadata.finalizers")
        {
            return new FieldShape(FieldKind.Set, type);
        }

        // What has no contract of its own is shared by member, like objects of unknown kinds.
        if (type is null || clr == typeof(JsonElement))
        {
            return new FieldShape(sample is JsonObject ? FieldKind.Map : FieldKind.Atomic, null);
        }

        return type.Kind switch
        {
            JsonTypeInfoKind.Object => new FieldShape(FieldKind.Struct, type),
            JsonTypeInfoKind.Dictionary => new FieldShape(FieldKind.Map, type),
            _ => new FieldShape(FieldKind.Atomic, type),
        };
    }

    /// <param name="name">Of a member.</param>
    public JsonTypeInfo? TypeOf(string name) => (_type, Kind) switch
    {
        (null, _) => null,
        (_, FieldKind.Struct) => _type.Properties.FirstOrDefault(property => property.Name == name) is { } property ? TypeModel.Resolve(_type, property.PropertyType) : null,
        _ => TypeModel.Resolve(_type, _type.ElementType!),
    };
}
