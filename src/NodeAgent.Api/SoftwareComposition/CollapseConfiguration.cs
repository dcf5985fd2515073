// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>How far what was learned is generalised; cluster-scoped, only the object named <see cref="DefaultName"/> counts.</summary>
public sealed record CollapseConfiguration
{
    public const string KindName = "CollapseConfiguration";
    public const string Plural = "collapseconfigurations";
    public const string DefaultName = "default";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public CollapseConfigurationSpec? Spec { get; init; }
}

/// <summary>0 and absent = the default.</summary>
public sealed record CollapseConfigurationSpec
{
    /// <summary>Children of a directory above which they are one.</summary>
    public int? OpenDynamicThreshold { get; init; }

    /// <summary>Segments of an HTTP path above which they are one.</summary>
    public int? EndpointDynamicThreshold { get; init; }

    /// <summary>The longest prefix of a path decides.</summary>
    public IReadOnlyList<CollapseConfigurationEntry>? CollapseConfigs { get; init; }

    /// <summary>Addresses with the same ports in one block, above which policies name the block; 0 = never.</summary>
    [JsonPropertyName("networkIPGroupThreshold")]
    public int? NetworkIpGroupThreshold { get; init; }

    /// <summary>Bits of the widest block that policies name for them. Units: bits of an IPv4 prefix.</summary>
    [JsonPropertyName("networkCIDRFloorBits")]
    public int? NetworkCidrFloorBits { get; init; }
}

public sealed record CollapseConfigurationEntry
{
    public string? Prefix { get; init; }

    public int? Threshold { get; init; }
}

public sealed record CollapseConfigurationList
{
    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = "CollapseConfigurationList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<CollapseConfiguration> Items { get; init; } = [];
}
