// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Identity;

/// <summary>How a container was set up, as its runtime was told: what it may do and what it sees. An immutable snapshot.</summary>
/// <remarks>Source: the OCI runtime specification's config.json. Values of environment variables are never read.</remarks>
public sealed record ContainerConfiguration
{
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    /// <summary>Names without values, in the order of the configuration.</summary>
    public IReadOnlyList<string> EnvironmentNames { get; init; } = [];

    /// <summary>The entry point with its arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Of the entry point, inside the container's user namespace.</summary>
    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Shape: <c>CAP_NET_ADMIN</c>; what the container can ever hold (the bounding set).</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public bool NoNewPrivileges { get; init; }

    public bool ReadOnlyRootFilesystem { get; init; }

    /// <summary>No seccomp, nothing of /proc masked, and CAP_SYS_ADMIN: what the runtimes make of <c>privileged: true</c>.</summary>
    public bool Privileged { get; init; }

    /// <summary>Shape: the default action, <c>SCMP_ACT_ERRNO</c>; empty = no seccomp profile at all.</summary>
    public string SeccompDefaultAction { get; init; } = string.Empty;

    /// <summary>Empty = none.</summary>
    public string AppArmorProfile { get; init; } = string.Empty;

    /// <summary>Empty = none.</summary>
    public string SelinuxLabel { get; init; } = string.Empty;

    public bool HostNetwork { get; init; }

    public bool HostPid { get; init; }

    public bool HostIpc { get; init; }

    /// <summary>It runs in a user namespace of its own: root inside is not root outside.</summary>
    public bool UserNamespace { get; init; }
}

/// <param name="Destination">Shape: absolute path inside the container.</param>
/// <param name="Source">Shape: absolute path on the host for a bind mount; a word such as <c>proc</c> otherwise.</param>
/// <param name="Type">Shape: <c>bind</c>, <c>tmpfs</c>, <c>proc</c> …</param>
public sealed record ContainerMount(string Destination, string Source, string Type, bool ReadOnly);
