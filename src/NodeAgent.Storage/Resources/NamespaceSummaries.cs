// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Resources.Kinds;

namespace NodeAgent.Storage.Resources;

/// <summary>What is summed up by namespace, and how.</summary>
internal static class NamespaceSummaries
{
    public static Dictionary<ResourceDefinition, IObjectSource> Sources(IObjectStore store) => new()
    {
        [ScanKinds.VulnerabilitySummaries] = new NamespaceSummarySource<VulnerabilityManifestSummary>(
            store, ScanKinds.VulnerabilitySummaries, ScanKinds.VulnerabilityManifestSummaries, ScanJsonContext.Readable.VulnerabilityManifestSummary, SumVulnerabilities),
        [ScanKinds.ConfigurationScanSummaries] = new NamespaceSummarySource<WorkloadConfigurationScanSummary>(
            store, ScanKinds.ConfigurationScanSummaries, ScanKinds.WorkloadConfigurationScanSummaries, ScanJsonContext.Readable.WorkloadConfigurationScanSummary, SumControls),
    };

    private static byte[] SumVulnerabilities(ObjectMeta metadata, IReadOnlyList<VulnerabilityManifestSummary> parts)
    {
        SeveritySummary[] all = [.. parts.Select(part => part.Spec?.Severities).OfType<SeveritySummary>()];
        var summary = new VulnerabilitySummary
        {
            Metadata = metadata,
            Spec = new VulnerabilitySummarySpec
            {
                Severities = new SeveritySummary
                {
                    Critical = Sum(all.Select(part => part.Critical)),
                    High = Sum(all.Select(part => part.High)),
                    Medium = Sum(all.Select(part => part.Medium)),
                    Low = Sum(all.Select(part => part.Low)),
                    Negligible = Sum(all.Select(part => part.Negligible)),
                    Unknown = Sum(all.Select(part => part.Unknown)),
                },
                VulnerabilitiesRef = [.. parts.Select(part => ReferenceTo(part.Metadata, VulnerabilityManifestSummary.KindName))],
            },
        };
        return JsonSerializer.SerializeToUtf8Bytes(summary, ScanJsonContext.Readable.VulnerabilitySummary);
    }

    private static byte[] SumControls(ObjectMeta metadata, IReadOnlyList<WorkloadConfigurationScanSummary> parts)
    {
        ControlSeverities[] all = [.. parts.Select(part => part.Spec?.Severities).OfType<ControlSeverities>()];
        var summary = new ConfigurationScanSummary
        {
            Metadata = metadata,
            Spec = new ConfigurationScanSummarySpec
            {
                Severities = new ControlSeverities
                {
                    Critical = Sum(all.Select(part => part.Critical)),
                    High = Sum(all.Select(part => part.High)),
                    Medium = Sum(all.Select(part => part.Medium)),
                    Low = Sum(all.Select(part => part.Low)),
                    Unknown = Sum(all.Select(part => part.Unknown)),
                },
                SummaryRef = [.. parts.Select(part => ReferenceTo(part.Metadata, WorkloadConfigurationScanSummary.KindName))],
            },
        };
        return JsonSerializer.SerializeToUtf8Bytes(summary, ScanJsonContext.Readable.ConfigurationScanSummary);
    }

    private static VulnerabilityCounters Sum(IEnumerable<VulnerabilityCounters?> counters)
    {
        VulnerabilityCounters[] given = [.. counters.OfType<VulnerabilityCounters>()];
        return new VulnerabilityCounters { All = Sum(given.Select(counter => counter.All)), Relevant = Sum(given.Select(counter => counter.Relevant)) };
    }

    // Of numbers that clients wrote: their sum may be more than fits.
    private static long Sum(IEnumerable<long> numbers) => (long)Math.Clamp(numbers.Sum(number => (decimal)number), long.MinValue, long.MaxValue);

    private static ScanReference ReferenceTo(ObjectMeta metadata, string kind) => new() { Namespace = metadata.Namespace, Name = metadata.Name, Kind = kind };
}
