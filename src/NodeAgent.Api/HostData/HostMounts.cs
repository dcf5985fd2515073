// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>
/// What is mounted for pid 1. Left out: what runtimes mount for each container (below <c>/var/lib/kubelet/pods</c>, <c>/run/containerd</c>, <c>/var/lib/docker</c> and the like, and
/// namespaces), since it comes and goes; and what is hidden by a later mount at the same place.
/// </summary>
public sealed record HostMountsSpec
{
    /// <summary>By mount point.</summary>
    public IReadOnlyList<HostMount>? Mounts { get; init; }

    public string? NodeName { get; init; }
}

public sealed record HostMount
{
    /// <summary>Shape: path.</summary>
    public string? MountPoint { get; init; }

    /// <summary>Shape: path in the file system that is seen there; null = all of it.</summary>
    public string? Root { get; init; }

    /// <summary>Shape: device or what stands for it, <c>/dev/vda1</c>, <c>tmpfs</c>.</summary>
    public string? Device { get; init; }

    public string? FileSystem { get; init; }

    /// <summary>Shape: <c>nosuid</c>, <c>relatime</c>; sorted.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>Of the file system itself, sorted; without lists of layers and credentials.</summary>
    public IReadOnlyList<string>? FileSystemOptions { get; init; }

    /// <summary>Shape: <c>/proc/1/mountinfo</c>.</summary>
    public string? Source { get; init; }
}
