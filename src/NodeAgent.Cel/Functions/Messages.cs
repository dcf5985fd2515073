// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;

namespace NodeAgent.Cel.Functions;

/// <summary>The messages that an expression can make by name: the well-known ones, each of which is a value of the language.</summary>
internal static class Messages
{
    private const string Package = "google.protobuf.";
    private static readonly Dictionary<string, MessageType> Known = Create();

    public static MessageType? Find(string name) => Known.GetValueOrDefault(name.TrimStart('.'));

    private static Dictionary<string, MessageType> Create()
    {
        var known = new Dictionary<string, MessageType>(StringComparer.Ordinal);
        foreach ((string name, CelType type) in new[]
        {
            ("BoolValue", CelType.Bool), ("BytesValue", CelType.Bytes), ("DoubleValue", CelType.Double), ("FloatValue", CelType.Double),
            ("Int32Value", CelType.Int), ("Int64Value", CelType.Int), ("StringValue", CelType.String), ("UInt32Value", CelType.Uint), ("UInt64Value", CelType.Uint),
        })
        {
            known.Add(Package + name, new MessageType(CelType.Nullable(type), Fields(("value", type))));
        }

        var map = CelType.Map(CelType.String, CelType.Dyn);
        var list = CelType.List(CelType.Dyn);
        known.Add(Package + "Timestamp", new MessageType(CelType.Timestamp, Fields(("seconds", CelType.Int), ("nanos", CelType.Int))));
        known.Add(Package + "Duration", new MessageType(CelType.Duration, Fields(("seconds", CelType.Int), ("nanos", CelType.Int))));
        known.Add(Package + "Struct", new MessageType(map, Fields(("fields", map))));
        known.Add(Package + "ListValue", new MessageType(list, Fields(("values", list))));
        known.Add(Package + "Value", new MessageType(CelType.Dyn, Fields(
            ("null_value", CelType.Dyn), ("number_value", CelType.Double), ("string_value", CelType.String), ("bool_value", CelType.Bool), ("struct_value", map), ("list_value", list))));
        return known;
    }

    private static Dictionary<string, CelType> Fields(params (string Name, CelType Type)[] fields) =>
        fields.ToDictionary(f => f.Name, f => f.Type, StringComparer.Ordinal);
}

/// <summary>What a message is as a value, and its fields.</summary>
internal sealed record MessageType(CelType Type, IReadOnlyDictionary<string, CelType> Fields);
