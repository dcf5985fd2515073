// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>What the containers of one workload do on their node; the network side is <see cref="NetworkNeighborhood"/>.</summary>
public sealed record ApplicationProfile
{
    public const string KindName = "ApplicationProfile";
    public const string Plural = "applicationprofiles";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public ApplicationProfileSpec? Spec { get; init; }
}

public sealed record ApplicationProfileSpec
{
    public IReadOnlyList<string>? Architectures { get; init; }

    public IReadOnlyList<ApplicationProfileContainer>? Containers { get; init; }

    public IReadOnlyList<ApplicationProfileContainer>? InitContainers { get; init; }

    public IReadOnlyList<ApplicationProfileContainer>? EphemeralContainers { get; init; }
}

public sealed record ApplicationProfileContainer
{
    public string? Name { get; init; }

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
}

public sealed record ApplicationProfileList
{
    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = "ApplicationProfileList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<ApplicationProfile> Items { get; init; } = [];
}
