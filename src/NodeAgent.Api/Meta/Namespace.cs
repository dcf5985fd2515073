// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Meta;

/// <summary>A namespace object. Source: Kubernetes API, v1 Namespace.</summary>
public sealed record NamespaceObject
{
    public string? ApiVersion { get; init; } = "v1";

    public string? Kind { get; init; } = "Namespace";

    public ObjectMeta Metadata { get; init; } = new();

    public NamespaceStatus? Status { get; init; }
}

public sealed record NamespaceStatus
{
    public string? Phase { get; init; }
}
