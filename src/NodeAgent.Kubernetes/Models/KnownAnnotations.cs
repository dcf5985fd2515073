// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Api.Names;

namespace NodeAgent.Kubernetes.Models;

/// <summary>Reads the few annotations that mean something to us.</summary>
public sealed class KnownAnnotations : JsonConverter<Dictionary<string, string>>
{
    /// <summary>On a pod that stands for one which the kubelet took from a file.</summary>
    public const string Mirror = "kubernetes.io/config.mirror";

    /// <summary>Of such a pod: what the kubelet calls it, in the paths of its cgroups too.</summary>
    public const string ConfigHash = "kubernetes.io/config.hash";

    /// <summary>Shape: <c>file</c>, <c>http</c> or <c>api</c>.</summary>
    public const string ConfigSource = "kubernetes.io/config.source";

    private static readonly string[] Keys = [Mirror, ConfigHash, ConfigSource, KubescapeAnnotations.Status, KubescapeAnnotations.ManagedBy];

    public override Dictionary<string, string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("annotations are no object");
        }

        Dictionary<string, string>? known = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? key = null;
            foreach (string candidate in Keys)
            {
                key = reader.ValueTextEquals(candidate) ? candidate : key;
            }

            reader.Read();
            if (key is not null && reader.TokenType == JsonTokenType.String)
            {
                (known ??= new Dictionary<string, string>(StringComparer.Ordinal))[key] = reader.GetString()!;
            }
            else if (!reader.TrySkip())
            {
                // Cannot be: a converter is given whole values. Skip itself refuses what came in pieces.
                throw new JsonException("annotations are cut");
            }
        }

        return known;
    }

    public override void Write(Utf8JsonWriter writer, Dictionary<string, string> value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(value);
        writer.WriteStartObject();
        foreach ((string key, string text) in value)
        {
            writer.WriteString(key, text);
        }

        writer.WriteEndObject();
    }
}
