// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace NodeAgent.Chart.Tests.Releases;

/// <summary>A Secret as helm 4 sends its own records: Kubernetes' protobuf. Source: k8s.io/apimachinery runtime.Unknown, k8s.io/api/core/v1 Secret.</summary>
internal static class ProtobufSecret
{
    private static readonly byte[] Magic = "k8s\0"u8.ToArray();

    public static bool Is(ReadOnlySpan<byte> body) => body.StartsWith(Magic);

    public static JsonObject Read(ReadOnlySpan<byte> body)
    {
        var secret = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Secret" };
        Fields(body[Magic.Length..].ToArray(), (field, raw) =>
        {
            if (field == 2)
            {
                Fields(raw, (part, value) => ReadPart(secret, part, value));
            }
        });
        return secret;
    }

    private static void ReadPart(JsonObject secret, int field, byte[] value)
    {
        switch (field)
        {
            case 1:
                secret["metadata"] = Metadata(value);
                break;
            case 2:
                (string name, byte[] data) = Entry(value);
                ((JsonObject)(secret["data"] ??= new JsonObject()))[name] = Convert.ToBase64String(data);
                break;
            case 3:
                secret["type"] = Text(value);
                break;
        }
    }

    private static JsonObject Metadata(byte[] message)
    {
        var metadata = new JsonObject();
        Fields(message, (field, value) =>
        {
            switch (field)
            {
                case 1:
                    metadata["name"] = Text(value);
                    break;
                case 3:
                    metadata["namespace"] = Text(value);
                    break;
                case 11:
                    (string name, byte[] label) = Entry(value);
                    ((JsonObject)(metadata["labels"] ??= new JsonObject()))[name] = Text(label);
                    break;
            }
        });
        return metadata;
    }

    private static (string Name, byte[] Value) Entry(byte[] message)
    {
        string name = string.Empty;
        byte[] content = [];
        Fields(message, (field, value) => _ = field == 1 ? name = Text(value) : Text(content = value));
        return (name, content);
    }

    private static string Text(byte[] value) => System.Text.Encoding.UTF8.GetString(value);

    private static void Fields(byte[] message, Action<int, byte[]> read)
    {
        var input = new CodedInputStream(message);
        while (input.ReadTag() is var tag and not 0)
        {
            if (WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                read(WireFormat.GetTagFieldNumber(tag), input.ReadBytes().ToByteArray());
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}
