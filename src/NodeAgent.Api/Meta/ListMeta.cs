// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Meta;

/// <summary>Metadata of every Kubernetes list. Source: k8s.io/apimachinery ListMeta (v1).</summary>
public sealed record ListMeta
{
    public string? ResourceVersion { get; init; }

    public string? Continue { get; init; }

    public long? RemainingItemCount { get; init; }
}
