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

    [LoggerMessage(4004, LogLevel.Warning, "Rules look at events of type {EventType}, for which no sensor was loaded at the start: restart the agent")]
    public static partial void SensorMissing(ILogger logger, string eventType);
}
