// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Meta;

/// <summary>Answer of <c>/api</c>. Source: k8s.io/apimachinery APIVersions (v1).</summary>
public sealed record ApiVersions
{
    public string Kind { get; init; } = "APIVersions";

    public IReadOnlyList<string> Versions { get; init; } = [];

    [System.Text.Json.Serialization.JsonPropertyName("serverAddressByClientCIDRs")]
    public IReadOnlyList<ServerAddressByClientCidr> ServerAddressByClientCidrs { get; init; } = [];
}

public sealed record ServerAddressByClientCidr
{
    [System.Text.Json.Serialization.JsonPropertyName("clientCIDR")]
    public string? ClientCidr { get; init; }

    public string? ServerAddress { get; init; }
}

/// <summary>Answer of <c>/apis</c>.</summary>
public sealed record ApiGroupList
{
    public string Kind { get; init; } = "APIGroupList";

    public string ApiVersion { get; init; } = "v1";

    public IReadOnlyList<ApiGroup> Groups { get; init; } = [];
}

/// <summary>Answer of <c>/apis/GROUP</c> (with kind and version) and entry of <see cref="ApiGroupList"/> (without).</summary>
public sealed record ApiGroup
{
    public string? Kind { get; init; }

    public string? ApiVersion { get; init; }

    public string? Name { get; init; }

    public IReadOnlyList<GroupVersionForDiscovery> Versions { get; init; } = [];

    public GroupVersionForDiscovery? PreferredVersion { get; init; }
}

public sealed record GroupVersionForDiscovery
{
    public string? GroupVersion { get; init; }

    public string? Version { get; init; }
}

/// <summary>Answer of <c>/apis/GROUP/VERSION</c>.</summary>
public sealed record ApiResourceList
{
    public string Kind { get; init; } = "APIResourceList";

    public string ApiVersion { get; init; } = "v1";

    public string? GroupVersion { get; init; }

    public IReadOnlyList<ApiResource> Resources { get; init; } = [];
}

public sealed record ApiResource
{
    public string? Name { get; init; }

    public string? SingularName { get; init; }

    public bool Namespaced { get; init; }

    public string? Kind { get; init; }

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<string>? ShortNames { get; init; }

    public IReadOnlyList<string>? Categories { get; init; }
}
