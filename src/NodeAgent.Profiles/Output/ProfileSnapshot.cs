// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Output;

/// <summary>A profile as it is to be stored, and its workload's profiles that follow from it. Immutable.</summary>
/// <param name="Name">The container profile's name.</param>
/// <param name="Profile">Null = the name is given up: the container turned out to be another workload's.</param>
/// <param name="Application">Of the workload, as far as this node knows it; null when no container of it is left.</param>
/// <param name="Network">As <paramref name="Application"/>.</param>
public sealed record ProfileSnapshot(
    string Namespace,
    string Name,
    ContainerProfile? Profile,
    ApplicationProfile? Application,
    NetworkNeighborhood? Network)
{
    /// <summary>Shape: what <c>ProfileLearner.MarkDirty</c> takes.</summary>
    public string Key => $"{Namespace}/{Name}";
}
