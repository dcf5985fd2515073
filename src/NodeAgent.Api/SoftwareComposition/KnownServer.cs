// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>Address blocks that belong to a named service; cluster-scoped.</summary>
public sealed record KnownServer
{
    public const string KindName = "KnownServer";
    public const string Plural = "knownservers";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public IReadOnlyList<KnownServerEntry>? Spec { get; init; }
}

public sealed record KnownServerEntry
{
    public string? Name { get; init; }

    /// <summary>Shape: a DNS name.</summary>
    public string? Server { get; init; }

    /// <summary>Shape: CIDR.</summary>
    public string? IpBlock { get; init; }
}

public sealed record KnownServerList
{
    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = "KnownServerList";

    public ListMeta Metadata { get; init; } = new();

    public IReadOnlyList<KnownServer> Items { get; init; } = [];
}
