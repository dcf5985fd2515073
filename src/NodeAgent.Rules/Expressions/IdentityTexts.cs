// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events.Identity;

namespace NodeAgent.Rules.Expressions;

/// <summary>What is known of a container, as texts of the language: made once for each snapshot of its identity.</summary>
internal sealed class IdentityTexts(ContainerIdentity identity)
{
    // What the runtime mounts into every container is nobody's volume.
    private static readonly string[] RuntimeMounts = ["/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm", "/dev/termination-log", "/run/.containerenv"];

    public CelText ContainerId { get; } = CelText.Of(identity.ContainerId);

    public CelText ContainerName { get; } = CelText.Of(identity.ContainerName);

    public CelText PodName { get; } = CelText.Of(identity.PodName);

    public CelText PodUid { get; } = CelText.Of(identity.PodUid);

    /// <summary>The pod's, else the workload's.</summary>
    public CelText Namespace { get; } = CelText.Of(identity.PodNamespace.Length > 0 ? identity.PodNamespace : identity.Workload.Namespace);

    public CelText Image { get; } = CelText.Of(identity.Image);

    public CelText ImageDigest { get; } = CelText.Of(identity.ImageDigest);

    public CelText WorkloadKind { get; } = CelText.Of(identity.Workload.Kind);

    public CelText WorkloadName { get; } = CelText.Of(identity.Workload.Name);

    public CelText ServiceAccount { get; } = CelText.Of(identity.ServiceAccount);

    public CelText Runtime { get; } = CelText.Of(identity.Runtime);

    public CelText Kind { get; } = CelText.Of(identity.Kind.ToString());

    public CelMap Labels { get; } = CelMap.OfTexts(identity.PodLabels);

    public CelList Capabilities { get; } = CelList.OfTexts(identity.Configuration?.Capabilities ?? []);

    public CelList VolumePaths { get; } = CelList.OfTexts((identity.Configuration?.Mounts ?? [])
        .Where(mount => mount.Type == "bind" && mount.Destination.StartsWith('/') && !RuntimeMounts.Contains(mount.Destination))
        .Select(mount => mount.Destination));

    public ContainerIdentity Identity { get; } = identity;

    public bool IsPrivileged => Identity.Configuration is { Privileged: true };
}
