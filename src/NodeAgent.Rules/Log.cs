// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;

namespace NodeAgent.Rules;

/// <summary>Event ids 4000 to 4999, append-only.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Error, "Rule {RuleId} failed ({Errors} times so far); the other rules go on")]
    public static partial void RuleFailed(ILogger logger, string ruleId, long errors, Exception error);
}
