// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Admission;

/// <summary>What the API server is answered.</summary>
internal sealed record AdmissionAnswer(string ApiVersion, string Kind, AdmissionResponse Response)
{
    /// <param name="uid">Of the request.</param>
    public static AdmissionAnswer Allow(string uid) => new(AdmissionReview.Version, AdmissionReview.KindName, new AdmissionResponse(uid, Allowed: true));
}

internal sealed record AdmissionResponse(string Uid, bool Allowed);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    MaxDepth = MaxDepth)]
[JsonSerializable(typeof(AdmissionReview))]
[JsonSerializable(typeof(AdmissionAnswer))]
internal sealed partial class AdmissionJsonContext : JsonSerializerContext
{
    /// <summary>Options of a connection are flat; objects of other kinds are skipped, and custom ones may be deep.</summary>
    public const int MaxDepth = 128;
}
