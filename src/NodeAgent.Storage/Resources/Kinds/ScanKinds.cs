// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Storage.Resources.Columns;

namespace NodeAgent.Storage.Resources.Kinds;

/// <summary>What scanners write, and what is summed up of it.</summary>
internal static class ScanKinds
{
    private static readonly ScanJsonContext Json = ScanJsonContext.Readable;

    public static ResourceDefinition SbomSyfts { get; } = ProfileKinds.Kind(SbomSyft.KindName, SbomSyft.Plural, "sbom", Json.SbomSyft, ScanColumns.Sbom, hasStatus: true);

    public static ResourceDefinition VulnerabilityManifestSummaries { get; } = ProfileKinds.Kind(
        VulnerabilityManifestSummary.KindName, VulnerabilityManifestSummary.Plural, "vulnsum", Json.VulnerabilityManifestSummary, ScanColumns.ManifestSummary, hasStatus: true);

    public static ResourceDefinition VulnerabilitySummaries { get; } = ProfileKinds.Kind(
        VulnerabilitySummary.KindName, VulnerabilitySummary.Plural, "vulnns", Json.VulnerabilitySummary, ScanColumns.VulnerabilitySummary, namespaced: false, verbs: ResourceVerbs.Computed);

    public static ResourceDefinition WorkloadConfigurationScanSummaries { get; } = ProfileKinds.Kind(
        WorkloadConfigurationScanSummary.KindName, WorkloadConfigurationScanSummary.Plural, "wcss", Json.WorkloadConfigurationScanSummary, ScanColumns.ConfigurationSummary);

    public static ResourceDefinition ConfigurationScanSummaries { get; } = ProfileKinds.Kind(
        ConfigurationScanSummary.KindName, ConfigurationScanSummary.Plural, "css", Json.ConfigurationScanSummary, ScanColumns.NamespaceConfiguration, namespaced: false, verbs: ResourceVerbs.Computed);

    public static IReadOnlyList<ResourceDefinition> All { get; } =
    [
        SbomSyfts,
        ProfileKinds.Kind(SbomSyftFiltered.KindName, SbomSyftFiltered.Plural, "sbomf", Json.SbomSyftFiltered, ScanColumns.Sbom, hasStatus: true),
        ProfileKinds.Kind(VulnerabilityManifest.KindName, VulnerabilityManifest.Plural, "vuln", Json.VulnerabilityManifest, ScanColumns.Manifest, hasStatus: true),
        VulnerabilityManifestSummaries,
        VulnerabilitySummaries,
        ProfileKinds.Kind(WorkloadConfigurationScan.KindName, WorkloadConfigurationScan.Plural, "wcs", Json.WorkloadConfigurationScan, ScanColumns.Configuration),
        WorkloadConfigurationScanSummaries,
        ConfigurationScanSummaries,
        ProfileKinds.Kind(OpenVulnerabilityExchangeContainer.KindName, OpenVulnerabilityExchangeContainer.Plural, "vex", Json.OpenVulnerabilityExchangeContainer, ScanColumns.Exchange),
        ProfileKinds.Kind(SeccompProfile.KindName, SeccompProfile.Plural, "scp", Json.SeccompProfile, PrinterColumns.Policy, hasStatus: true),
    ];
}
