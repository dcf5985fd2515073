// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>The seccomp profiles of a workload's containers.</summary>
public sealed record SeccompProfile
{
    public const string KindName = "SeccompProfile";
    public const string Plural = "seccompprofiles";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public SeccompProfileSpec? Spec { get; init; }

    public SeccompProfileStatus? Status { get; init; }
}

public sealed record SeccompProfileSpec
{
    public IReadOnlyList<SingleSeccompProfile>? Containers { get; init; }

    public IReadOnlyList<SingleSeccompProfile>? InitContainers { get; init; }

    public IReadOnlyList<SingleSeccompProfile>? EphemeralContainers { get; init; }
}

/// <summary>Where the profiles stand on the nodes.</summary>
public sealed record SeccompProfileStatus
{
    /// <summary>Shape: container name to its profile.</summary>
    public IReadOnlyDictionary<string, SingleSeccompProfileStatus>? Containers { get; init; }
}

public sealed record SingleSeccompProfileStatus
{
    public string? Status { get; init; }

    public string? Path { get; init; }

    public IReadOnlyList<string>? ActiveWorkloads { get; init; }

    public string? LocalhostProfile { get; init; }
}
