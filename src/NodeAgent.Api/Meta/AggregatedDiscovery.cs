// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Meta;

/// <summary>All groups, versions and resources in one answer. Source: Kubernetes API, apidiscovery.k8s.io/v2.</summary>
public sealed record ApiGroupDiscoveryList
{
    public string Kind { get; init; } = "APIGroupDiscoveryList";

    public string? ApiVersion { get; init; }

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<ApiGroupDiscovery> Items { get; init; } = [];
}

public sealed record ApiGroupDiscovery
{
    /// <summary>The core group has no name.</summary>
    public ObjectMeta Metadata { get; init; } = new();

    public IReadOnlyList<ApiVersionDiscovery> Versions { get; init; } = [];
}

public sealed record ApiVersionDiscovery
{
    public string? Version { get; init; }

    public IReadOnlyList<ApiResourceDiscovery> Resources { get; init; } = [];

    /// <summary>Shape: <c>Current</c> or <c>Stale</c>.</summary>
    public string? Freshness { get; init; }
}

public sealed record ApiResourceDiscovery
{
    public string? Resource { get; init; }

    public GroupVersionKind? ResponseKind { get; init; }

    /// <summary>Shape: <c>Namespaced</c> or <c>Cluster</c>.</summary>
    public string? Scope { get; init; }

    public string? SingularResource { get; init; }

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<string>? ShortNames { get; init; }

    public IReadOnlyList<string>? Categories { get; init; }

    public IReadOnlyList<ApiSubresourceDiscovery>? Subresources { get; init; }
}

public sealed record ApiSubresourceDiscovery
{
    public string? Subresource { get; init; }

    public GroupVersionKind? ResponseKind { get; init; }

    public IReadOnlyList<string> Verbs { get; init; } = [];
}

public sealed record GroupVersionKind
{
    public string Group { get; init; } = string.Empty;

    public string Version { get; init; } = string.Empty;

    public string Kind { get; init; } = string.Empty;
}
