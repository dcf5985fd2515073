// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Admission;

/// <summary>Reads PodExecOptions, PodAttachOptions and PodPortForwardOptions; every other object is skipped, since its members of the same names are others.</summary>
/// <remarks>Source: Kubernetes API reference, core/v1.</remarks>
internal sealed class RequestObjectConverter : JsonConverter<AlertRequestObject?>
{
    /// <summary>Units: arguments, and UTF-16 units of all of them. Rules see these; alerts hold less.</summary>
    public const int MostArguments = 128;
    public const int MostArgumentChars = 8192;
    private const int MostPorts = 64;
    private const int MostName = 256;

    public override AlertRequestObject? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an object was expected");
        }

        Utf8JsonReader ahead = reader;
        if (KindOf(ref ahead) is not ("PodExecOptions" or "PodAttachOptions" or "PodPortForwardOptions"))
        {
            reader.Skip();
            return null;
        }

        var found = new AlertRequestObject { Kind = string.Empty, ApiVersion = string.Empty };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            found = Member(found, ref reader);
        }

        return found;
    }

    public override void Write(Utf8JsonWriter writer, AlertRequestObject? value, JsonSerializerOptions options) => throw new NotSupportedException("reviews are read only");

    private static AlertRequestObject Member(AlertRequestObject found, ref Utf8JsonReader reader)
    {
        string name = Next(ref reader);
        switch (name)
        {
            case "kind":
                return found with { Kind = Text(ref reader) };
            case "apiVersion":
                return found with { ApiVersion = Text(ref reader) };
            case "container":
                return found with { Container = Text(ref reader) is { Length: > 0 } container ? container : null };
            case "command":
                return found with { Command = BoundedTexts.Read(ref reader, MostArguments, MostArgumentChars) };
            case "stdin":
                return found with { Stdin = Flag(ref reader) };
            case "tty":
                return found with { Tty = Flag(ref reader) };
            case "ports":
                return found with { Ports = Ports(ref reader) };
            default:
                reader.Skip();
                return found;
        }
    }

    // Looks through the object; the caller's reader stays where it is.
    private static string? KindOf(ref Utf8JsonReader ahead)
    {
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            bool isKind = ahead.ValueTextEquals("kind"u8);
            ahead.Read();
            if (isKind)
            {
                return ahead.TokenType == JsonTokenType.String && ahead.ValueSpan.Length <= MostName ? ahead.GetString() : null;
            }

            ahead.Skip();
        }

        return null;
    }

    private static string Next(ref Utf8JsonReader reader)
    {
        string name = reader.ValueSpan.Length <= MostName ? reader.GetString()! : string.Empty;
        reader.Read();
        return name;
    }

    private static string Text(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => BoundedTexts.Cut(reader.GetString(), MostName),
        JsonTokenType.Null => string.Empty,
        _ => throw new JsonException("a text was expected"),
    };

    private static bool? Flag(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False or JsonTokenType.Null => null,
        _ => throw new JsonException("true or false was expected"),
    };

    private static List<int>? Ports(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("a list of ports was expected");
        }

        var ports = new List<int>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out int port))
            {
                throw new JsonException("a port was expected");
            }

            if (ports.Count < MostPorts)
            {
                ports.Add(port);
            }
        }

        return ports.Count == 0 ? null : ports;
    }
}
