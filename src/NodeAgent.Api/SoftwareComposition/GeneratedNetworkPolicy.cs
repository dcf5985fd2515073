// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Networking;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>The network policy that a workload's observed traffic justifies; computed, never stored.</summary>
public sealed record GeneratedNetworkPolicy
{
    public const string KindName = "GeneratedNetworkPolicy";
    public const string Plural = "generatednetworkpolicies";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public NetworkPolicy? Spec { get; init; }

    /// <summary>Where the address blocks of the policy come from.</summary>
    public IReadOnlyList<PolicyRef>? PolicyRef { get; init; }
}

/// <summary>One address block's origin.</summary>
public sealed record PolicyRef
{
    public string? Name { get; init; }

    public string? OriginalIP { get; init; }

    public string? IpBlock { get; init; }

    public string? Server { get; init; }

    public string? Dns { get; init; }
}

public sealed record GeneratedNetworkPolicyList
{
    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = "GeneratedNetworkPolicyList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<GeneratedNetworkPolicy> Items { get; init; } = [];
}
