// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Output;

/// <summary>A profile as far as this node knows it. Immutable.</summary>
/// <param name="Name">The container profile's name.</param>
/// <param name="Profile">Null = the name is given up: the container turned out to be another workload's.</param>
/// <param name="Workload">The workload slug: the name of the profiles that a storage makes of those of its containers.</param>
public sealed record ProfileSnapshot(
    string Namespace,
    string Name,
    ContainerProfile? Profile,
    string Workload)
{
    /// <summary>Shape: what <c>ProfileLearner.MarkDirty</c> takes.</summary>
    public string Key => $"{Namespace}/{Name}";
}
