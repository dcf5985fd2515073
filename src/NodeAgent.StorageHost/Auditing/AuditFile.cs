// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Export.Sinks;
using NodeAgent.Storage.Auditing;
using NodeAgent.StorageHost.Configuration;

namespace NodeAgent.StorageHost.Auditing;

/// <summary>Audit lines in a file that is rotated by size, or on standard output: by the same sinks that write alerts.</summary>
internal sealed class AuditFile(IAlertSink sink, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write) : IAuditSink
{
    public const string Stdout = "-";

    /// <returns>Null: no audit log is asked for.</returns>
    public static AuditFile? Open(HostOptions options, ILoggerFactory loggers)
    {
        switch (options.AuditFile)
        {
            case "":
                return null;
            case Stdout:
                StreamSink stream = StreamSink.Stdout();
                return new AuditFile(stream, stream.WriteLineAsync);
            default:
                var file = new RotatingFileSink(options.AuditFile, options.AuditFileMaxBytes, options.AuditFileMaxCount, loggers.CreateLogger<RotatingFileSink>());
                return new AuditFile(file, (line, _) => file.WriteLineAsync(line));
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        byte[] ended = new byte[line.Length + 1];
        line.CopyTo(ended);
        ended[^1] = (byte)'\n';
        return write(ended, cancellationToken);
    }

    public ValueTask DisposeAsync() => sink.DisposeAsync();
}
