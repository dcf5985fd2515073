// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Resources;

/// <summary>The kinds that one server serves.</summary>
/// <param name="standAlone">There is no API server beside this one, which would have the rest.</param>
internal sealed class ServedResources(bool standAlone)
{
    public IReadOnlyList<ResourceDefinition> All { get; } = [.. ResourceCatalog.All.Where(resource => standAlone || !resource.StandAloneOnly)];

    /// <summary>Those with objects of their own; the rest is computed.</summary>
    public IReadOnlyList<ResourceDefinition> Stored => field ??= [.. All.Where(resource => resource.Verbs.Contains("delete"))];

    public ResourceDefinition? Find(string group, string version, string plural) => ByAddress.GetValueOrDefault((group, version, plural));

    private Dictionary<(string Group, string Version, string Plural), ResourceDefinition> ByAddress => field ??= All.ToDictionary(resource => (resource.Group, resource.Version, resource.Plural));
}
