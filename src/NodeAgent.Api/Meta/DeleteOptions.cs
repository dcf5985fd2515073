// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Meta;

/// <summary>Body of a delete request. Source: k8s.io/apimachinery DeleteOptions (v1).</summary>
public sealed record DeleteOptions
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public long? GracePeriodSeconds { get; init; }

    public Preconditions? Preconditions { get; init; }

    public bool? OrphanDependents { get; init; }

    public string? PropagationPolicy { get; init; }

    public IReadOnlyList<string>? DryRun { get; init; }
}

public sealed record Preconditions
{
    public string? Uid { get; init; }

    public string? ResourceVersion { get; init; }
}
