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

    [LoggerMessage(5005, LogLevel.Information, "{Waiting} alerts wait in the spool {Directory} since before the start")]
    public static partial void SpoolTakenUp(ILogger logger, string directory, long waiting);

    [LoggerMessage(5006, LogLevel.Error, "The spool file {Path} is damaged, what cannot be read of it is lost and counted: {Reason}")]
    public static partial void SpoolDamaged(ILogger logger, string path, string reason);

    [LoggerMessage(5007, LogLevel.Warning, "The spool {Directory} has {Limit} bytes: its oldest {Dropped} alerts are dropped")]
    public static partial void SpoolFull(ILogger logger, string directory, long limit, long dropped);

    [LoggerMessage(5008, LogLevel.Warning, "The spool {Directory} does not work, alerts wait in memory and the oldest stay: {Reason}")]
    public static partial void SpoolFails(ILogger logger, string directory, string reason);

    [LoggerMessage(5009, LogLevel.Warning, "Alert sink {Sink} does not take alerts; they wait, next attempt in {DelayMs} ms: {Reason}")]
    public static partial void SinkUnavailable(ILogger logger, string sink, long delayMs, string reason);

    [LoggerMessage(5010, LogLevel.Information, "Alert sink {Sink} takes alerts again; {Waiting} wait for it")]
    public static partial void SinkAvailable(ILogger logger, string sink, long waiting);

    [LoggerMessage(5011, LogLevel.Error, "Alert sink {Sink} refuses the alert {AlertId} for good: {Reason}")]
    public static partial void AlertRefused(ILogger logger, string sink, string alertId, string reason);

    [LoggerMessage(5012, LogLevel.Information, "Alert sink {Sink} was stopped; {Waiting} alerts wait in its spool for the next start")]
    public static partial void SinkStoppedWithSpool(ILogger logger, string sink, long waiting);

    [LoggerMessage(5013, LogLevel.Error, "An alert in the spool of {Sink} cannot be read as one and is lost: {Reason}")]
    public static partial void SpooledAlertUnreadable(ILogger logger, string sink, string reason);

    [LoggerMessage(5100, LogLevel.Warning, "The storage at {Server} does not take profiles, trying again in {DelayMs} ms: {Reason}")]
    public static partial void StorageUnavailable(ILogger logger, Uri server, long delayMs, string reason);

    [LoggerMessage(5101, LogLevel.Information, "The storage at {Server} takes profiles again")]
    public static partial void StorageRecovered(ILogger logger, Uri server);
}
