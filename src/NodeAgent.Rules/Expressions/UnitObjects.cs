// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Types;
using NodeAgent.Cel.Values;

namespace NodeAgent.Rules.Expressions;

// The variables container, pod, workload and image: what is known of the unit that the event belongs to.

internal sealed class ContainerObject(EventScope scope) : CelObject
{
    public static readonly CelObjectType<ContainerObject> Type = new CelObjectType<ContainerObject>("na.container")
        .Text("id", c => c._scope.Identity.ContainerId)
        .Text("name", c => c._scope.Identity.ContainerName)
        .Text("kind", c => c._scope.Identity.Kind)
        .Text("runtime", c => c._scope.Identity.Runtime)
        .Text("cgroupPath", c => c._scope.Arena.Copy(c._scope.Context.Container.CgroupPath))
        .Bool("privileged", c => c._scope.Identity.IsPrivileged)
        .Bool("hostNetwork", c => c._scope.Identity.Identity.HostNetwork)
        .Bool("hostPid", c => c._scope.Identity.Identity.Configuration is { HostPid: true })
        .Bool("readOnlyRoot", c => c._scope.Identity.Identity.Configuration is { ReadOnlyRootFilesystem: true })
        .List("capabilities", CelType.String, c => c._scope.Identity.Capabilities)
        .List("mounts", CelType.String, c => c._scope.Identity.VolumePaths)
        .Bool("configurationKnown", c => c._scope.Identity.Identity.Configuration is not null);

    private readonly EventScope _scope = scope;

    public override CelObjectType ObjectType => Type;
}

internal sealed class PodObject(EventScope scope) : CelObject
{
    public static readonly CelObjectType<PodObject> Type = new CelObjectType<PodObject>("na.pod")
        .Text("name", p => p._scope.Identity.PodName)
        .Text("namespace", p => p._scope.Identity.Namespace)
        .Text("uid", p => p._scope.Identity.PodUid)
        .Text("serviceAccount", p => p._scope.Identity.ServiceAccount)
        .Map("labels", CelType.String, CelType.String, p => p._scope.Identity.Labels);

    private readonly EventScope _scope = scope;

    public override CelObjectType ObjectType => Type;
}

internal sealed class WorkloadObject(EventScope scope) : CelObject
{
    public static readonly CelObjectType<WorkloadObject> Type = new CelObjectType<WorkloadObject>("na.workload")
        .Text("kind", w => w._scope.Identity.WorkloadKind)
        .Text("name", w => w._scope.Identity.WorkloadName)
        .Text("namespace", w => w._scope.Identity.Namespace);

    private readonly EventScope _scope = scope;

    public override CelObjectType ObjectType => Type;
}

internal sealed class ImageObject(EventScope scope) : CelObject
{
    public static readonly CelObjectType<ImageObject> Type = new CelObjectType<ImageObject>("na.image")
        .Text("name", i => i._scope.Identity.Image)
        .Text("digest", i => i._scope.Identity.ImageDigest);

    private readonly EventScope _scope = scope;

    public override CelObjectType ObjectType => Type;
}
