// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>A container that somebody runs inside a pod's container (Docker in Docker) is of that pod: its traffic leaves by the pod's address.</summary>
/// <remarks>One that has a pod of its own, as in a cluster whose nodes are containers, is of that pod only. Its name, id and image stay its own.</remarks>
internal static class NestedIdentity
{
    /// <returns>The same object when there is nothing to take over.</returns>
    public static ContainerIdentity Of(ContainerIdentity inner, ContainerInfo? around)
    {
        if (around is null || inner.Kind != UnitKind.Container)
        {
            return inner;
        }

        ContainerIdentity outer = around.Identity;
        bool isOfItsPod = outer.PodUid.Length != 0 && (inner.PodUid.Length == 0 ? inner.PodName.Length == 0 : inner.PodUid == outer.PodUid);
        return !isOfItsPod ? inner
            : outer.PodName.Length == 0 ? inner with { PodUid = outer.PodUid }
            : inner with
            {
                PodUid = outer.PodUid,
                PodName = outer.PodName,
                PodNamespace = outer.PodNamespace,
                PodLabels = outer.PodLabels,
                ServiceAccount = outer.ServiceAccount,
                Workload = outer.Workload,
                Owner = outer.Owner,
                OwnerAlternateName = outer.OwnerAlternateName,
                TemplateHash = outer.TemplateHash,
            };
    }

    /// <summary>Call when more became known of a container: those inside it learn it too, however deep.</summary>
    public static void Spread(CgroupStore store, ContainerInfo container)
    {
        foreach (CgroupEntry entry in store.Entries)
        {
            ContainerInfo inner = entry.Info;
            if (entry.IsTop && !ReferenceEquals(inner, container) && inner.IsInside(container))
            {
                inner.Identity = Of(inner.Identity, container);
            }
        }
    }
}
