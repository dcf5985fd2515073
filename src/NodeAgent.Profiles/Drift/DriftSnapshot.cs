// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Drift;

namespace NodeAgent.Profiles.Drift;

/// <summary>A profile's drift as it is to be stored. Immutable.</summary>
/// <param name="Name">Of the object that is this node's; see <see cref="ProfileDrift.NameOf"/>.</param>
/// <param name="Drift">Null = there is none, or none any more.</param>
public sealed record DriftSnapshot(string Namespace, string Name, ProfileDrift? Drift)
{
    public string Key => $"{Namespace}/{Name}";
}
