// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>A formatted alert as a value within another document.</summary>
internal static class FormatValue
{
    /// <summary>An object where the format is JSON, else a text.</summary>
    public static void WriteValue(this IAlertFormat format, Utf8JsonWriter json, RuntimeAlerts envelope)
    {
        var value = new ArrayBufferWriter<byte>(2048);
        format.Write(envelope, value);
        if (format.IsJson)
        {
            json.WriteRawValue(value.WrittenSpan, skipInputValidation: true);
        }
        else
        {
            json.WriteStringValue(value.WrittenSpan);
        }
    }
}
