// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Identity;

/// <summary>What kind of thing a cgroup is the unit of.</summary>
public enum UnitKind
{
    Unknown,

    /// <summary>Processes of the machine that are in no unit of their own.</summary>
    Host,

    /// <summary>A container of a runtime.</summary>
    Container,

    /// <summary>A systemd service, scope or slice.</summary>
    SystemdUnit,

    /// <summary>A cgroup that somebody made and that is none of the others.</summary>
    Cgroup,
}

/// <summary>The workload that owns a container, in the terms of the Kubernetes API.</summary>
/// <param name="ApiVersion">Shape: <c>apps/v1</c>.</param>
/// <param name="Kind">Shape: <c>Deployment</c>; stand-alone: <c>Container</c>, <c>SystemdUnit</c>, <c>Cgroup</c> or <c>Host</c>.</param>
public sealed record WorkloadIdentity(string ApiVersion, string Kind, string Namespace, string Name)
{
    public static WorkloadIdentity Unknown { get; } = new(string.Empty, string.Empty, string.Empty, string.Empty);

    /// <summary>Of the object in the Kubernetes API; empty when not known.</summary>
    public string Uid { get; init; } = string.Empty;
}

/// <summary>Which list of a pod's spec a container stands in.</summary>
public enum PodContainerKind : byte
{
    Container,
    InitContainer,
    EphemeralContainer,
}

/// <summary>Who told what is known of a container; a later one knows more.</summary>
public enum IdentitySource
{
    /// <summary>The path of its cgroup: container id and pod uid.</summary>
    CgroupPath,

    /// <summary>Files that the runtime keeps for itself: the bundle, runc's state.</summary>
    Files,

    /// <summary>The runtime, when asked.</summary>
    Runtime,

    /// <summary>The Kubernetes API server.</summary>
    ApiServer,
}

/// <summary>Everything that is known of a container; an immutable snapshot that is replaced whole when more is learned.</summary>
public sealed record ContainerIdentity
{
    public static ContainerIdentity Unknown { get; } = new();

    public UnitKind Kind { get; init; }

    /// <summary>Shape: containerd, cri-o, docker, podman, runc …; empty when not told by the path.</summary>
    public string Runtime { get; init; } = string.Empty;

    /// <summary>Shape: 64 lower-case hex digits, or the name that a runtime such as plain runc used; empty when not a container.</summary>
    public string ContainerId { get; init; } = string.Empty;

    public string ContainerName { get; init; } = string.Empty;

    public string PodName { get; init; } = string.Empty;

    public string PodNamespace { get; init; } = string.Empty;

    /// <summary>Shape: 8-4-4-4-12 lower-case hex, from the cgroup path. Of a pod from the kubelet's own files 32 hex digits, until the API server tells its uid there.</summary>
    public string PodUid { get; init; } = string.Empty;

    public string Image { get; init; } = string.Empty;

    public string ImageDigest { get; init; } = string.Empty;

    public bool HostNetwork { get; init; }

    public IReadOnlyDictionary<string, string> PodLabels { get; init; } = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>The workload at the top: the Deployment, not its ReplicaSet.</summary>
    public WorkloadIdentity Workload { get; init; } = WorkloadIdentity.Unknown;

    /// <summary>Who made the pod: the ReplicaSet, not its Deployment; a pod that nobody made is its own. Unknown outside Kubernetes.</summary>
    public WorkloadIdentity Owner { get; init; } = WorkloadIdentity.Unknown;

    /// <summary>Goes instead of the owner's name into the names of profiles; empty = the owner's name does.</summary>
    public string OwnerAlternateName { get; init; } = string.Empty;

    /// <summary>Which version of the workload's pod template the pod was made of; empty when not known.</summary>
    public string TemplateHash { get; init; } = string.Empty;

    /// <summary>Name of the pod's service account; empty when not known.</summary>
    public string ServiceAccount { get; init; } = string.Empty;

    public PodContainerKind ContainerKind { get; init; }

    /// <summary>The best of those who told.</summary>
    public IdentitySource Source { get; init; }

    /// <summary>Null while nobody told.</summary>
    public ContainerConfiguration? Configuration { get; init; }
}

/// <summary>A container (or other unit) on this machine: its cgroup, and the newest snapshot of its identity.</summary>
public sealed class ContainerInfo(ulong cgroupId, string cgroupPath)
{
    private const int MaxNesting = 16;

    private ContainerIdentity _identity = ContainerIdentity.Unknown;

    public static ContainerInfo Unknown { get; } = new(0, string.Empty);

    /// <summary>The id of the unit's top cgroup: that is what a container is.</summary>
    public ulong CgroupId { get; } = cgroupId;

    /// <summary>Shape: <c>ByteText</c>, path in the cgroup2 tree, <c>/</c> first; empty until it is known.</summary>
    public string CgroupPath { get; set; } = cgroupPath;

    /// <summary>The container that this one runs inside (kind, docker in docker); null for most.</summary>
    public ContainerInfo? Parent { get; set; }

    /// <summary>True for the container itself and for those nested in it, however deep.</summary>
    public bool IsInside(ContainerInfo outer)
    {
        ContainerInfo? at = this;
        for (int depth = 0; at is not null && depth < MaxNesting; depth++, at = at.Parent)
        {
            if (ReferenceEquals(at, outer))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Any thread may read it; it is replaced, never changed.</summary>
    public ContainerIdentity Identity
    {
        get => Volatile.Read(ref _identity);
        set => Volatile.Write(ref _identity, value);
    }

    /// <summary>The process with which the container began; null until one was executed, and for units that are no containers.</summary>
    public ProcessInfo? EntryPoint { get; set; }

    /// <summary>True when its cgroup was seen being made, so nothing of its life is missing.</summary>
    public bool SeenFromStart { get; set; }

    /// <summary>Units: ns of CLOCK_BOOTTIME; when the agent first heard of it.</summary>
    public ulong FirstSeenNs { get; init; }

    /// <summary>Units: ns of CLOCK_BOOTTIME; 0 while its cgroup exists.</summary>
    public ulong RemovedNs { get; set; }
}
