// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using NodeAgent.Api.Alerts;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks;

/// <summary>One place that alerts go to. The dispatcher calls it from one task, one alert at a time.</summary>
public interface IAlertSink : IAsyncDisposable
{
    /// <summary>Shape: a short word, the label of the sink's metrics.</summary>
    string Name { get; }

    /// <summary>May take its time: only this sink's own queue waits for it.</summary>
    /// <exception cref="IOException">This alert is lost; the next one may pass.</exception>
    ValueTask WriteAsync(AlertMessage message, CancellationToken cancellation);
}

/// <summary>An alert on its way: the object, and its line, which all sinks share.</summary>
/// <param name="Alert">For sinks that need its members.</param>
/// <param name="Line">Shape: one JSON object in UTF-8 and the <c>\n</c> that ends it.</param>
public sealed record AlertMessage(RuntimeAlerts Alert, ReadOnlyMemory<byte> Line)
{
    /// <param name="format">Null = the envelope, whose line stands already.</param>
    /// <returns>Shape: ends with <c>\n</c>.</returns>
    public ReadOnlyMemory<byte> LineIn(IAlertFormat? format)
    {
        if (format is null)
        {
            return Line;
        }

        var line = new ArrayBufferWriter<byte>(2048);
        format.Write(Alert, line);
        line.Write("\n"u8);
        return line.WrittenMemory;
    }
}
