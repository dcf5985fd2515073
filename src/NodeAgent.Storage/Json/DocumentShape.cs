// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NodeAgent.Storage.Json;

internal enum ShapeKind
{
    /// <summary>Not for one reading: a type of JSON that only the tree knows how to check.</summary>
    Other,

    /// <summary>Any JSON.</summary>
    Any,
    Object,
    Map,
    List,
    Text,
    Boolean,
    Int32,
    Int64,
    UInt64,
    Number,
}

/// <summary>A kind's contract laid out for reading a document once: what <see cref="TypeModel.Prune"/> asks of a tree, without one.</summary>
internal sealed class DocumentShape
{
    // More members than a mask has bits for are read as a tree.
    public const int MaxMembers = 64;

    private static readonly ConcurrentDictionary<JsonTypeInfo, DocumentShape> Known = new();

    private DocumentShape(ShapeKind kind) => Kind = kind;

    public ShapeKind Kind { get; private set; }

    /// <summary>Of an object: names in UTF-8.</summary>
    public (byte[] Name, DocumentShape Shape)[] Members { get; private set; } = [];

    /// <summary>Of each item of a list or a map.</summary>
    public DocumentShape? Item { get; private set; }

    public static DocumentShape Of(JsonTypeInfo type) => Known.GetOrAdd(type, static type => Make(type, []));

    /// <returns>The index in <see cref="Members"/>; -1 for a member that the kind does not have.</returns>
    public int Find(ref Utf8JsonReader reader)
    {
        for (int i = 0; i < Members.Length; i++)
        {
            if (reader.ValueTextEquals(Members[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    private static DocumentShape Make(JsonTypeInfo type, Dictionary<Type, DocumentShape> made)
    {
        Type clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (made.TryGetValue(clr, out DocumentShape? known))
        {
            return known;
        }

        var shape = new DocumentShape(KindOf(type, clr));
        made[clr] = shape;
        switch (shape.Kind)
        {
            case ShapeKind.Object:
                shape.Members = [.. type.Properties.Select(property => (Encoding.UTF8.GetBytes(property.Name), Make(TypeModel.Resolve(type, property.PropertyType), made)))];
                break;
            case ShapeKind.Map or ShapeKind.List:
                shape.Item = Make(TypeModel.Resolve(type, type.ElementType!), made);
                break;
        }

        return shape;
    }

    private static ShapeKind KindOf(JsonTypeInfo type, Type clr) => type.Kind switch
    {
        _ when clr == typeof(JsonElement) => ShapeKind.Any,
        JsonTypeInfoKind.Object => type.Properties.Count <= MaxMembers ? ShapeKind.Object : ShapeKind.Other,
        JsonTypeInfoKind.Dictionary => ShapeKind.Map,
        JsonTypeInfoKind.Enumerable => ShapeKind.List,
        _ when clr == typeof(string) => ShapeKind.Text,
        _ when clr == typeof(bool) => ShapeKind.Boolean,
        _ when clr == typeof(int) => ShapeKind.Int32,
        _ when clr == typeof(long) => ShapeKind.Int64,
        _ when clr == typeof(ulong) => ShapeKind.UInt64,
        _ when clr == typeof(double) => ShapeKind.Number,
        _ => ShapeKind.Other,
    };
}
