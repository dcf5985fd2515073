// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Pods;

/// <summary>What the API server says of a pod of this node; replaced whole when it says more.</summary>
public sealed record PodRecord
{
    public required string Uid { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Of a pod from the kubelet's own files: what its cgroups are called after instead of the uid; else empty.</summary>
    public string ConfigHash { get; init; } = string.Empty;

    public bool HostNetwork { get; init; }

    public string ServiceAccount { get; init; } = string.Empty;

    public IReadOnlyDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>See <see cref="ContainerIdentity.Owner"/>.</summary>
    public WorkloadIdentity Owner { get; init; } = WorkloadIdentity.Unknown;

    /// <summary>See <see cref="ContainerIdentity.OwnerAlternateName"/>.</summary>
    public string OwnerAlternateName { get; init; } = string.Empty;

    /// <summary>See <see cref="ContainerIdentity.Workload"/>.</summary>
    public WorkloadIdentity Workload { get; init; } = WorkloadIdentity.Unknown;

    public string TemplateHash { get; init; } = string.Empty;

    /// <summary>By the names that the spec gives: of init and ephemeral containers.</summary>
    public IReadOnlyDictionary<string, PodContainerKind> Kinds { get; init; } = ImmutableDictionary<string, PodContainerKind>.Empty;

    /// <summary>By container id, without the runtime's name before it.</summary>
    public IReadOnlyDictionary<string, PodContainer> Containers { get; init; } = ImmutableDictionary<string, PodContainer>.Empty;
}

/// <param name="ImageDigest">Shape: <c>sha256:…</c>, or empty.</param>
public sealed record PodContainer(string Name, PodContainerKind Kind, string Image, string ImageDigest);
