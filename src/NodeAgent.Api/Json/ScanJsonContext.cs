// SPDX-License-Identifier: Apache-2.0
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Api.Json;

/// <summary>JSON of what scanners write: SBOMs, vulnerabilities, configuration scans, VEX.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SbomSyft))]
[JsonSerializable(typeof(SbomSyftFiltered))]
[JsonSerializable(typeof(VulnerabilityManifest))]
[JsonSerializable(typeof(VulnerabilityManifestSummary))]
[JsonSerializable(typeof(VulnerabilitySummary))]
[JsonSerializable(typeof(WorkloadConfigurationScan))]
[JsonSerializable(typeof(WorkloadConfigurationScanSummary))]
[JsonSerializable(typeof(ConfigurationScanSummary))]
[JsonSerializable(typeof(OpenVulnerabilityExchangeContainer))]
[JsonSerializable(typeof(SeccompProfile))]
public sealed partial class ScanJsonContext : JsonSerializerContext
{
    /// <summary>Writes text as itself, as Kubernetes does. Not safe to paste into HTML.</summary>
    public static ScanJsonContext Readable { get; } = new(new JsonSerializerOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    });
}
