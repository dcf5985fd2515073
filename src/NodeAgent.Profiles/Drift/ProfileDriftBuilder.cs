// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Api.Drift;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Drift;

/// <summary>Makes the API object of a drift: a pure function, every list sorted.</summary>
internal static class ProfileDriftBuilder
{
    /// <param name="captured">Its behaviour is the drift.</param>
    /// <param name="node">Which saw it.</param>
    /// <returns>Null when the profile holds all of it.</returns>
    public static ProfileDrift? Build(CapturedProfile captured, CompletedProfile allowed, string clusterName, string node)
    {
        ProfileIdentity identity = captured.Identity;
        ContainerProfileSpec spec = ProfileDifference.Of(ContainerProfileBuilder.Spec(captured), allowed, identity.Namespace);
        int count = ProfileContent.Findings(spec);
        return count == 0 ? null : new ProfileDrift
        {
            Metadata = new ObjectMeta
            {
                Name = ProfileDrift.NameOf(identity.Name, node),
                Namespace = identity.Namespace,
                Labels = ContainerProfileBuilder.Labels(identity),
                Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    [KubescapeAnnotations.Profile] = identity.Name,
                    [KubescapeAnnotations.Node] = node,
                    [KubescapeAnnotations.InstanceId] = identity.Instance.ToString(),
                    [KubescapeAnnotations.Wlid] = Wlid.Format(clusterName, identity.Namespace, identity.WorkloadKind, identity.WorkloadName),
                    [KubescapeAnnotations.ContainerType] = identity.Instance.ContainerType.ToFieldName(),
                    [KubescapeAnnotations.WorkloadSlug] = identity.WorkloadSlug,
                    [KubescapeAnnotations.ResourceSize] = count.ToString(CultureInfo.InvariantCulture),
                },
            },
            Spec = spec,
        };
    }
}
