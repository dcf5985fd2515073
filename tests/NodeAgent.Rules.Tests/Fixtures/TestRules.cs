// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.RuntimeRules;

namespace NodeAgent.Rules.Tests.Fixtures;

/// <summary>Rules as somebody might write them.</summary>
internal static class TestRules
{
    public static RuntimeRule Of(string id, string eventType, string expression) => Of(id, [(eventType, expression)]);

    public static RuntimeRule Of(
        string id, (string EventType, string Expression)[] expressions, string message = "'message of ' + event.comm", string uniqueId = "event.comm + '_' + event.path",
        int dependency = 2, string[]? tags = null, string? state = null, bool policy = false) => new()
        {
            Id = id,
            Name = "Test " + id,
            Enabled = true,
            Severity = 5,
            ProfileDependency = dependency,
            SupportPolicy = policy,
            MitreTactic = "TA0001",
            MitreTechnique = "T1001",
            Tags = tags,
            State = state is null ? null : JsonDocument.Parse(state).RootElement,
            Expressions = new RuleExpressions
            {
                Message = message,
                UniqueId = uniqueId,
                RuleExpression = [.. expressions.Select(one => new RuleExpression { EventType = one.EventType, Expression = one.Expression })],
            },
        };
}
