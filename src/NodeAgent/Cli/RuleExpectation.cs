// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Alerts;

namespace NodeAgent.Cli;

/// <summary>What a test of rules expects of one of them.</summary>
/// <param name="Count">Units: alerts, without those that count repeats; null = one or more.</param>
internal sealed record RuleExpectation(string Id, long? Count)
{
    /// <param name="text">Shape: <c>R0001</c> or <c>R0001=2</c>.</param>
    /// <exception cref="CommandException">It is neither.</exception>
    public static RuleExpectation Parse(string text)
    {
        int at = text.LastIndexOf('=');
        string id = at < 0 ? text : text[..at];
        if (id.Length == 0)
        {
            throw new CommandException($"--expect: '{text}' is not ID or ID=COUNT");
        }

        return at < 0 ? new RuleExpectation(id, null)
            : long.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? new RuleExpectation(id, count)
            : throw new CommandException($"--expect: '{text}' is not ID or ID=COUNT");
    }

    /// <returns>What is wrong; null = nothing.</returns>
    public string? Judge(IReadOnlyList<RuntimeAlert> alerts)
    {
        int found = alerts.Count(alert => alert.RuleId == Id && alert.Arguments.RepeatCount is null);
        return Count is null && found == 0 ? $"{Id} was to fire and did not"
            : Count is { } count && count != found ? string.Create(CultureInfo.InvariantCulture, $"{Id} was to fire {count} times and did {found} times")
            : null;
    }
}
