// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Export.Sinks.Formats;

namespace NodeAgent.Export.Sinks;

/// <summary>Alerts as lines on a stream: standard output, or what a test gives.</summary>
/// <remarks>
/// Not Console.Out: that one swallows EPIPE, and an alert that nobody can read must be counted. A write that fails may
/// have left half a line behind, so the next one begins with a line break and costs the reader only the torn line.
/// </remarks>
/// <param name="format">What a line holds; null = the envelope.</param>
public sealed class StreamSink(string name, Func<Stream> open, IAlertFormat? format = null) : IAlertSink
{
    private static readonly byte[] LineBreak = "\n"u8.ToArray();
    private Stream? _stream;
    private bool _torn;

    public string Name { get; } = name;

    /// <summary>Standard output. The handle stays the process's own.</summary>
    public static StreamSink Stdout(string name = "stdout", IAlertFormat? format = null) => new(name, () => OpenDescriptor(1), format);

    public ValueTask WriteAsync(AlertMessage message, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(message);
        return WriteLineAsync(message.LineIn(format), cancellation);
    }

    /// <summary>The same for a line of any kind.</summary>
    /// <param name="line">Shape: ends with <c>\n</c>.</param>
    /// <exception cref="IOException">The line is lost; the next one may pass.</exception>
    public async ValueTask WriteLineAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        try
        {
            _stream ??= open();
            if (_torn)
            {
                await _stream.WriteAsync(LineBreak, cancellation).ConfigureAwait(false);
                _torn = false;
            }

            _torn = true;
            await _stream.WriteAsync(line, cancellation).ConfigureAwait(false);
            await _stream.FlushAsync(cancellation).ConfigureAwait(false);
            _torn = false;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or ArgumentException or NotSupportedException or ObjectDisposedException)
        {
            _stream = null;
            throw new IOException($"Cannot write to {Name}: {error.Message}", error);
        }
    }

    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static FileStream OpenDescriptor(int descriptor) =>
        new(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0, isAsync: false);
}
