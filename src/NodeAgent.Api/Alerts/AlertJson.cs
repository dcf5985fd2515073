// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace NodeAgent.Api.Alerts;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = AlertJson.MaxDepth)]
[JsonSerializable(typeof(RuntimeAlerts))]
public sealed partial class AlertJsonContext : JsonSerializerContext;

/// <summary>Alerts as JSON lines.</summary>
public static class AlertJson
{
    /// <summary>The deepest nesting of an envelope: two levels for each process of a tree of at most 64, and the envelope.</summary>
    public const int MaxDepth = 160;

    /// <summary>How JSON is written that a terminal or a line reader may get to see.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = CreateEncoder(),
        Indented = false,
        MaxDepth = MaxDepth,
    };

    /// <summary>Writes one line: the envelope without any line break inside, then <c>\n</c>.</summary>
    public static void WriteLine(IBufferWriter<byte> output, RuntimeAlerts alerts)
    {
        WriteObject(output, alerts);
        output.Write("\n"u8);
    }

    /// <summary>The same without the line's end.</summary>
    public static void WriteObject(IBufferWriter<byte> output, RuntimeAlerts alerts)
    {
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new Utf8JsonWriter(output, WriterOptions);
        JsonSerializer.Serialize(writer, alerts, AlertJsonContext.Default.RuntimeAlerts);
    }

    /// <returns>The line's bytes, its <c>\n</c> included.</returns>
    public static byte[] ToLine(RuntimeAlerts alerts)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        WriteLine(buffer, alerts);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Letters of every script stay readable. Whatever a terminal or a line reader could take for a command is escaped:
    /// controls, U+2028, U+2029 and lone surrogates always are; the marks that turn the direction of text or are invisible
    /// are added here, since with them a path can look like another one.
    /// </summary>
    private static JavaScriptEncoder CreateEncoder()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        settings.ForbidCharacters('\u00ad', '\u061c', '\u180e', '\ufeff', '\ufff9', '\ufffa', '\ufffb');
        settings.ForbidRange(UnicodeRange.Create('\u200b', '\u200f'));
        settings.ForbidRange(UnicodeRange.Create('\u2028', '\u202e'));
        settings.ForbidRange(UnicodeRange.Create('\u2060', '\u206f'));
        return JavaScriptEncoder.Create(settings);
    }

    /// <exception cref="JsonException">It is no envelope.</exception>
    public static RuntimeAlerts Parse(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, AlertJsonContext.Default.RuntimeAlerts)
        ?? throw new JsonException("The document is null, not a RuntimeAlerts object.");
}
