// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>Who the containers of one workload talk to.</summary>
public sealed record NetworkNeighborhood
{
    public const string KindName = "NetworkNeighborhood";
    public const string Plural = "networkneighborhoods";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public NetworkNeighborhoodSpec? Spec { get; init; }
}

/// <summary>The workload's own label selector is inlined.</summary>
public sealed record NetworkNeighborhoodSpec
{
    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    public IReadOnlyList<LabelSelectorRequirement>? MatchExpressions { get; init; }

    public IReadOnlyList<NetworkNeighborhoodContainer>? Containers { get; init; }

    public IReadOnlyList<NetworkNeighborhoodContainer>? InitContainers { get; init; }

    public IReadOnlyList<NetworkNeighborhoodContainer>? EphemeralContainers { get; init; }
}

public sealed record NetworkNeighborhoodContainer
{
    public string? Name { get; init; }

    public IReadOnlyList<NetworkNeighbor>? Ingress { get; init; }

    public IReadOnlyList<NetworkNeighbor>? Egress { get; init; }
}

public sealed record NetworkNeighborhoodList
{
    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = "NetworkNeighborhoodList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<NetworkNeighborhood> Items { get; init; } = [];
}
