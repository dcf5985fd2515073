// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text.Json;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Export.Sinks.Formats;

/// <summary>A format that is one JSON object.</summary>
internal abstract class JsonAlertFormat : IAlertFormat
{
    public abstract string Name { get; }

    public abstract string Schema { get; }

    public bool IsJson => true;

    public void Write(RuntimeAlerts envelope, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, AlertJson.WriterOptions);
        WriteObject(json, envelope, envelope.Spec.Alerts[0]);
    }

    protected abstract void WriteObject(Utf8JsonWriter json, RuntimeAlerts envelope, RuntimeAlert alert);
}
