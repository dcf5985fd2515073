// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

internal static class NeighborhoodParts
{
    public static IEnumerable<NetworkNeighborhoodContainer> AllContainers(this NetworkNeighborhoodSpec spec) =>
        (spec.Containers ?? []).Concat(spec.InitContainers ?? []).Concat(spec.EphemeralContainers ?? []);

    /// <summary>Each once, of both fields.</summary>
    public static IEnumerable<string> AllAddresses(this NetworkNeighbor neighbor) => Each(neighbor.IpAddress, neighbor.IpAddresses);

    /// <summary>Each once, of both fields; none that is empty.</summary>
    public static IReadOnlyList<string> AllNames(this NetworkNeighbor neighbor) => Each(neighbor.Dns, neighbor.DnsNames);

    // Most have one or none: no need of a set for them.
    private static IReadOnlyList<string> Each(string? one, IReadOnlyList<string>? more) =>
        more is not { Count: > 0 } ? (string.IsNullOrEmpty(one) ? [] : [one])
        : [.. more.Append(one).OfType<string>().Where(text => text.Length > 0).Distinct(StringComparer.Ordinal)];
}
