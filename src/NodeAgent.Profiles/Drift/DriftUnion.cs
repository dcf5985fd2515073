// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Merging;

namespace NodeAgent.Profiles.Drift;

/// <summary>What all nodes saw of one profile.</summary>
public static class DriftUnion
{
    // Nothing is generalised: what a person accepts is what was seen.
    private static readonly MergeRules Exact = new(CollapseRules.Exact, "exact");

    /// <param name="profile">The container profile's name, which the union carries.</param>
    /// <param name="drifts">Of that profile; one at least.</param>
    public static ProfileDrift Of(string profile, IReadOnlyList<ProfileDrift> drifts)
    {
        ArgumentNullException.ThrowIfNull(drifts);
        ContainerProfileSpec spec = ProfileUnion.Of([.. drifts.Select(drift => drift.Spec ?? new ContainerProfileSpec())], Exact);
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in drifts.SelectMany(drift => drift.Metadata.Annotations ?? new Dictionary<string, string>()))
        {
            annotations.TryAdd(name, value);
        }

        annotations[KubescapeAnnotations.Node] = string.Join(
            ',', drifts.Select(drift => drift.Metadata.Annotations?.GetValueOrDefault(KubescapeAnnotations.Node)).OfType<string>().Distinct().Order(StringComparer.Ordinal));
        annotations[KubescapeAnnotations.ResourceSize] = ProfileContent.Findings(spec).ToString(CultureInfo.InvariantCulture);
        return new ProfileDrift
        {
            Metadata = new Api.Meta.ObjectMeta { Name = profile, Namespace = drifts[0].Metadata.Namespace, Labels = drifts[0].Metadata.Labels, Annotations = annotations },
            Spec = spec,
        };
    }
}
