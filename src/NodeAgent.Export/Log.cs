// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Export;

/// <summary>Event ids 5000 to 5999, append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Warning, "Alert sink {Sink} fails, its alerts are lost and counted until it recovers: {Reason}")]
    public static partial void SinkFails(ILogger logger, string sink, string reason);

    [LoggerMessage(5001, LogLevel.Information, "Alert sink {Sink} works again; {Lost} alerts were lost meanwhile")]
    public static partial void SinkRecovered(ILogger logger, string sink, long lost);

    [LoggerMessage(5002, LogLevel.Warning, "Alert sink {Sink} was stopped with {Left} alerts not delivered")]
    public static partial void SinkAbandoned(ILogger logger, string sink, long left);

    [LoggerMessage(5003, LogLevel.Warning, "Cannot rotate {Path}, going on with the old file: {Reason}")]
    public static partial void RotationFailed(ILogger logger, string path, string reason);

    [LoggerMessage(5004, LogLevel.Error, "An alert could not be written as JSON and is lost")]
    public static partial void AlertNotSerialised(ILogger logger, Exception error);

    [LoggerMessage(5100, LogLevel.Warning, "The storage at {Server} does not take profiles, trying again in {DelayMs} ms: {Reason}")]
    public static partial void StorageUnavailable(ILogger logger, Uri server, long delayMs, string reason);

    [LoggerMessage(5101, LogLevel.Information, "The storage at {Server} takes profiles again")]
    public static partial void StorageRecovered(ILogger logger, Uri server);
}
