// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Drift;

namespace NodeAgent.Profiles.Drift;

/// <summary>A profile's drift as it is to be stored. Immutable.</summary>
/// <param name="Name">The container profile's name.</param>
/// <param name="Drift">Null = there is none, or none any more.</param>
public sealed record DriftSnapshot(string Namespace, string Name, ProfileDrift? Drift)
{
    public string Key => $"{Namespace}/{Name}";
}
