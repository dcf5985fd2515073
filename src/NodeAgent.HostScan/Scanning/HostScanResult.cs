// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Scanning;

/// <summary>What a scan told of a host: one document for each sensor.</summary>
/// <param name="Node">Shape: the name of the node.</param>
/// <param name="Time">When it began.</param>
public sealed record HostScanResult(string Node, DateTimeOffset Time, TimeSpan Took, IReadOnlyList<HostDocument> Documents)
{
    /// <summary>What the API server calls the node; null = nobody was asked.</summary>
    public IReadOnlyDictionary<string, string>? NodeLabels { get; init; }

    /// <returns>Null when no sensor of the scan has this kind.</returns>
    public HostDocument? Of(string kind) => Documents.FirstOrDefault(document => document.Kind == kind);
}
