// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Networking;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Api.Json;

/// <summary>The one JSON context of the Kubernetes kinds: field names as the API server writes them, absent values left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ContainerProfile))]
[JsonSerializable(typeof(ContainerProfileList))]
[JsonSerializable(typeof(ApplicationProfile))]
[JsonSerializable(typeof(ApplicationProfileList))]
[JsonSerializable(typeof(NetworkNeighborhood))]
[JsonSerializable(typeof(NetworkNeighborhoodList))]
[JsonSerializable(typeof(GeneratedNetworkPolicy))]
[JsonSerializable(typeof(GeneratedNetworkPolicyList))]
[JsonSerializable(typeof(ProfileDrift))]
[JsonSerializable(typeof(ProfileDriftList))]
[JsonSerializable(typeof(CollapseConfiguration))]
[JsonSerializable(typeof(CollapseConfigurationList))]
[JsonSerializable(typeof(KnownServer))]
[JsonSerializable(typeof(KnownServerList))]
[JsonSerializable(typeof(NetworkPolicy))]
[JsonSerializable(typeof(SingleSeccompProfileSpec))]
[JsonSerializable(typeof(Dictionary<string, string[]>))]
[JsonSerializable(typeof(Dictionary<string, RulePolicy>))]
public sealed partial class ApiJsonContext : JsonSerializerContext
{
    /// <summary>Writes <c>⋯</c> and other text as itself instead of <c>\u22ef</c>, as Kubernetes does; use it for all writing.</summary>
    /// <remarks>The output is JSON for API clients and files; it is not safe to paste into HTML.</remarks>
    public static ApiJsonContext Readable { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
