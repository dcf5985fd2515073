// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Api.Drift;

/// <summary>What a container did since its profile was completed and the profile does not hold: what it would have to allow. Named as the profile.</summary>
/// <remarks>A kind of our own: in the group of the profile kinds others would take it for a profile.</remarks>
public sealed record ProfileDrift
{
    public const string Group = "node-agent.io";
    public const string Version = "v1alpha1";
    public const string GroupVersion = Group + "/" + Version;
    public const string KindName = "ProfileDrift";
    public const string Plural = "profiledrifts";

    public string? ApiVersion { get; init; } = GroupVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    /// <summary>Shape: flat; what a profile would have to hold besides. System calls are not followed.</summary>
    public ContainerProfileSpec? Spec { get; init; }
}

public sealed record ProfileDriftList
{
    public string? ApiVersion { get; init; } = ProfileDrift.GroupVersion;

    public string? Kind { get; init; } = "ProfileDriftList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<ProfileDrift> Items { get; init; } = [];
}
