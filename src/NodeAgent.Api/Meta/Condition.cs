// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Meta;

/// <summary>One aspect of an object's state. Source: k8s.io/apimachinery Condition (v1).</summary>
public sealed record Condition
{
    public string? Type { get; init; }

    /// <summary>Shape: <c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string? Status { get; init; }

    public long? ObservedGeneration { get; init; }

    /// <summary>Shape: RFC 3339, whole seconds, UTC.</summary>
    public string? LastTransitionTime { get; init; }

    /// <summary>Shape: one word.</summary>
    public string? Reason { get; init; }

    public string? Message { get; init; }
}
