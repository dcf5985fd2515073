// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Cgroups;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers.Oci;

/// <summary>Knows containers by what their runtime wrote into the bundle's annotations.</summary>
public sealed class OciBundleSource(OciBundles bundles) : IContainerMetadataSource
{
    public IdentitySource Gives => IdentitySource.Files;

    public ValueTask<ContainerIdentity?> FindAsync(ContainerQuery query, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(query);
        ContainerIdentity known = query.Known;

        // What a user calls a cgroup of its own may be the id of somebody else's container.
        bool isOfTheNode = known.Kind == UnitKind.Container && UserTree.OwnerOf(query.CgroupPath).Length == 0;
        OciSpec? spec = isOfTheNode ? bundles.Find(known.ContainerId) : null;
        return ValueTask.FromResult(spec is null ? null : AnnotatedIdentity.Complete(known, known.ContainerId, spec.Annotations, known.Runtime) with
        {
            HostNetwork = spec.Configuration.HostNetwork,
            Configuration = spec.Configuration,
        });
    }
}
