// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Api.Drift;

/// <summary>What a container did since its profile was completed and the profile does not hold: what it would have to allow: what one node saw of it.</summary>
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

    /// <summary>The name of what a node says of a profile: each node has an object of its own, so that none writes over another's.</summary>
    /// <returns>Shape: the profile's name, cut where it is too long, and eight hex digits of both names.</returns>
    public static string NameOf(string profile, string node)
    {
        ArgumentNullException.ThrowIfNull(profile);
        const int MaxLength = 253, Digits = 8;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{node}/{profile}")))[..Digits];
        return $"{profile[..Math.Min(profile.Length, MaxLength - Digits - 1)].TrimEnd('-', '.')}-{hash}";
    }
}

public sealed record ProfileDriftList
{
    public string? ApiVersion { get; init; } = ProfileDrift.GroupVersion;

    public string? Kind { get; init; } = "ProfileDriftList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<ProfileDrift> Items { get; init; } = [];
}
