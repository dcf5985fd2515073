// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>Reads protobuf by a table of field numbers that was written from the published definition, and not with the sender's classes.</summary>
/// <remarks>Shape of the table: message, then <c>number name type</c>; a type is string, varint, fixed64 or the name of a message, with <c>*</c> when it repeats.</remarks>
internal sealed class WireSchema
{
    private readonly Dictionary<string, Dictionary<int, (string Name, string Type, bool Repeats)>> _messages = [];

    public WireSchema(string lines)
    {
        foreach (string line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] parts = line.Split(' ');
            if (!_messages.TryGetValue(parts[0], out var fields))
            {
                _messages[parts[0]] = fields = [];
            }

            fields.Add(int.Parse(parts[1], null), (parts[2], parts[3].TrimEnd('*'), parts[3].EndsWith('*')));
        }
    }

    /// <returns>Names to texts, numbers and messages; a list where a field repeats.</returns>
    public Dictionary<string, object> Read(string message, ReadOnlySpan<byte> bytes)
    {
        var read = new Dictionary<string, object>(StringComparer.Ordinal);
        while (!bytes.IsEmpty)
        {
            ulong tag = Varint(ref bytes);
            Assert.True(_messages[message].TryGetValue((int)(tag >> 3), out var field), $"{message} has no field {tag >> 3}");
            object value = Value(field.Type, (int)(tag & 7), ref bytes, $"{message}.{field.Name}");
            if (field.Repeats)
            {
                read.TryAdd(field.Name, new List<object>());
                ((List<object>)read[field.Name]).Add(value);
            }
            else
            {
                Assert.True(read.TryAdd(field.Name, value), $"{message}.{field.Name} is there twice");
            }
        }

        return read;
    }

    private object Value(string type, int wireType, ref ReadOnlySpan<byte> bytes, string where)
    {
        int expected = type switch { "varint" => 0, "fixed64" => 1, _ => 2 };
        Assert.True(expected == wireType, $"{where} is of wire type {wireType}, not {expected}");
        switch (type)
        {
            case "varint":
                return Varint(ref bytes);
            case "fixed64":
                ulong number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                bytes = bytes[8..];
                return number;
            default:
                int length = (int)Varint(ref bytes);
                ReadOnlySpan<byte> content = bytes[..length];
                bytes = bytes[length..];
                return type == "string" ? new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(content) : Read(type, content);
        }
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte one = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(one & 0x7f) << shift;
            if (one < 0x80)
            {
                return value;
            }
        }
    }
}
