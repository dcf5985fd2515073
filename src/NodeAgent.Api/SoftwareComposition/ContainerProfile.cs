// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>What one container of a workload does: learned by an agent, or written by a user.</summary>
public sealed record ContainerProfile
{
    public const string KindName = "ContainerProfile";
    public const string Plural = "containerprofiles";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public ContainerProfileSpec? Spec { get; init; }
}

/// <summary>Flat (one container), or in a user's profile grouped by <see cref="Containers"/> and its siblings.</summary>
public sealed record ContainerProfileSpec
{
    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Capabilities { get; init; }

    public IReadOnlyList<ExecCalls>? Execs { get; init; }

    public IReadOnlyList<OpenCalls>? Opens { get; init; }

    public IReadOnlyList<string>? Syscalls { get; init; }

    public SingleSeccompProfile? SeccompProfile { get; init; }

    public IReadOnlyList<HttpEndpoint>? Endpoints { get; init; }

    public string? ImageID { get; init; }

    public string? ImageTag { get; init; }

    public IReadOnlyDictionary<string, RulePolicy>? RulePolicies { get; init; }

    public IReadOnlyList<IdentifiedCallStack>? IdentifiedCallStacks { get; init; }

    public IReadOnlyDictionary<string, string>? MatchLabels { get; init; }

    public IReadOnlyList<LabelSelectorRequirement>? MatchExpressions { get; init; }

    public IReadOnlyList<NetworkNeighbor>? Ingress { get; init; }

    public IReadOnlyList<NetworkNeighbor>? Egress { get; init; }

    public IReadOnlyList<ContainerProfileContainer>? Containers { get; init; }

    public IReadOnlyList<ContainerProfileContainer>? InitContainers { get; init; }

    public IReadOnlyList<ContainerProfileContainer>? EphemeralContainers { get; init; }
}

/// <summary>One container of a grouped profile.</summary>
public sealed record ContainerProfileContainer
{
    public string? Name { get; init; }

    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<string>? Capabilities { get; init; }

    public IReadOnlyList<ExecCalls>? Execs { get; init; }

    public IReadOnlyList<OpenCalls>? Opens { get; init; }

    public IReadOnlyList<string>? Syscalls { get; init; }

    public SingleSeccompProfile? SeccompProfile { get; init; }

    public IReadOnlyList<HttpEndpoint>? Endpoints { get; init; }

    public string? ImageID { get; init; }

    public string? ImageTag { get; init; }

    public IReadOnlyDictionary<string, RulePolicy>? RulePolicies { get; init; }

    public IReadOnlyList<IdentifiedCallStack>? IdentifiedCallStacks { get; init; }

    public IReadOnlyList<NetworkNeighbor>? Ingress { get; init; }

    public IReadOnlyList<NetworkNeighbor>? Egress { get; init; }
}

public sealed record ContainerProfileList
{
    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = "ContainerProfileList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<ContainerProfile> Items { get; init; } = [];
}
