// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

internal static class NeighborhoodParts
{
    public static IEnumerable<NetworkNeighborhoodContainer> AllContainers(this NetworkNeighborhoodSpec spec) =>
        (spec.Containers ?? []).Concat(spec.InitContainers ?? []).Concat(spec.EphemeralContainers ?? []);

    /// <summary>Each once, of both fields.</summary>
    public static IEnumerable<string> AllAddresses(this NetworkNeighbor neighbor) =>
        new[] { neighbor.IpAddress }.Concat(neighbor.IpAddresses ?? []).OfType<string>().Distinct();
}
