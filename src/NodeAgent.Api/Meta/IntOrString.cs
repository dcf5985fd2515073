// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NodeAgent.Api.Meta;

/// <summary>A number, or a name that stands for one. Source: k8s.io/apimachinery IntOrString.</summary>
[JsonConverter(typeof(IntOrStringConverter))]
public readonly record struct IntOrString
{
    public IntOrString(int number) => Number = number;

    public IntOrString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Text = text;
    }

    /// <summary>0 where it is a name.</summary>
    public int Number { get; }

    /// <summary>The name; null where it is a number.</summary>
    public string? Text { get; }

    public static implicit operator IntOrString(int number) => new(number);

    public static IntOrString FromInt32(int number) => new(number);

    public override string ToString() => Text ?? Number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>JSON of <see cref="IntOrString"/>.</summary>
public sealed class IntOrStringConverter : JsonConverter<IntOrString>
{
    public override IntOrString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out int number) => new IntOrString(number),
        JsonTokenType.String => new IntOrString(reader.GetString()!),
        _ => throw new JsonException("neither a whole number of 32 bits nor a string"),
    };

    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }
}
