// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Tests.Agent;

/// <summary>One line of alerts.</summary>
internal sealed record Alert(string Unit, string Rule, string? Exec, IReadOnlyList<string> Args, long? Repeats, string Line)
{
    /// <remarks>A line that is not one whole alert fails the test.</remarks>
    public static Alert Parse(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement root = document.RootElement;
        Assert.Equal("RuntimeAlerts", root.GetProperty("kind").GetString());
        JsonElement alert = Assert.Single(root.GetProperty("spec").GetProperty("alerts").EnumerateArray().ToArray());
        JsonElement arguments = alert.GetProperty("arguments");
        return new Alert(
            root.GetProperty("metadata").GetProperty("name").GetString()!,
            alert.TryGetProperty("ruleID", out JsonElement rule) ? rule.GetString()! : alert.GetProperty("ruleId").GetString()!,
            arguments.TryGetProperty("exec", out JsonElement exec) ? exec.GetString() : null,
            arguments.TryGetProperty("args", out JsonElement args) && args.ValueKind == JsonValueKind.Array ? [.. args.EnumerateArray().Select(a => a.GetString()!)] : [],
            arguments.TryGetProperty("repeatCount", out JsonElement repeats) ? repeats.GetInt64() : null,
            line);
    }
}
