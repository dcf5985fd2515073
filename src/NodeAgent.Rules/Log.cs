// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Rules;

/// <summary>Event ids 4000 to 4999, append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Error, "Rule {RuleId} failed ({Errors} times so far): {Error}; the other rules go on")]
    public static partial void RuleFailed(ILogger logger, string ruleId, long errors, string error);

    [LoggerMessage(4001, LogLevel.Error, "Rule is not judged by: {Issue}")]
    public static partial void RuleRefused(ILogger logger, string issue);

    [LoggerMessage(4002, LogLevel.Warning, "Rule: {Issue}")]
    public static partial void RuleRemark(ILogger logger, string issue);

    [LoggerMessage(4003, LogLevel.Information, "Rules were read: {Active} are judged by, {Failed} have errors")]
    public static partial void RulesRead(ILogger logger, int active, int failed);

    [LoggerMessage(4004, LogLevel.Warning, "Rules look at events of type {EventType}, of which nothing tells here: {Reason}")]
    public static partial void SensorMissing(ILogger logger, string eventType, string reason);

    [LoggerMessage(4010, LogLevel.Error, "Exception is not in force: {Issue}")]
    public static partial void ExceptionRefused(ILogger logger, string issue);

    [LoggerMessage(4011, LogLevel.Warning, "Exception {Exception} has expired and holds no longer; it kept back {Suppressed} alerts")]
    public static partial void ExceptionExpired(ILogger logger, string exception, long suppressed);

    [LoggerMessage(4012, LogLevel.Information, "Exception {Exception} kept back {Suppressed} alerts since this was told last, {Total} in all: {Reason}")]
    public static partial void ExceptionSuppressed(ILogger logger, string exception, long suppressed, long total, string reason);

    [LoggerMessage(4013, LogLevel.Error, "The condition of exception {Exception} failed ({Errors} times so far), so it did not hold: {Error}")]
    public static partial void ExceptionFailed(ILogger logger, string exception, long errors, string error);

    [LoggerMessage(4014, LogLevel.Warning, "Rule {RuleId} took {Share:P1} of a core for {Whose}: it is not asked about that for {PauseSeconds} s")]
    public static partial void RuleThrottled(ILogger logger, string ruleId, double share, string whose, double pauseSeconds);

    [LoggerMessage(4015, LogLevel.Information, "Rule {RuleId} keeps its share of the processor again for {Whose}; it was not asked about {Skipped} events in the last pause")]
    public static partial void RuleUnthrottled(ILogger logger, string ruleId, string whose, long skipped);
}
