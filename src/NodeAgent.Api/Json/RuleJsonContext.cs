// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Api.RuntimeRules;

namespace NodeAgent.Api.Json;

/// <summary>JSON of rules and of where they hold.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RulesObject))]
[JsonSerializable(typeof(RuntimeRuleAlertBinding))]
[JsonSerializable(typeof(RuleException))]
public sealed partial class RuleJsonContext : JsonSerializerContext
{
    /// <summary>Writes text as itself, as Kubernetes does. Not safe to paste into HTML.</summary>
    public static RuleJsonContext Readable { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
