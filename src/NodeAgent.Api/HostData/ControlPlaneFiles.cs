// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>What the API server's audit policy says. Source: audit.k8s.io Policy.</summary>
public sealed record AuditPolicyFacts
{
    /// <summary>All of them, those not told included.</summary>
    public int RuleCount { get; init; }

    /// <summary>Shape: distinct, sorted: <c>Metadata</c>.</summary>
    public IReadOnlyList<string>? Levels { get; init; }

    public IReadOnlyList<string>? OmitStages { get; init; }

    /// <summary>In the order of the file, in which the first that fits decides.</summary>
    public IReadOnlyList<AuditPolicyRule>? Rules { get; init; }
}

public sealed record AuditPolicyRule
{
    /// <summary>Shape: <c>None</c>, <c>Metadata</c>, <c>Request</c>, <c>RequestResponse</c>.</summary>
    public string? Level { get; init; }

    public IReadOnlyList<string>? Verbs { get; init; }

    public IReadOnlyList<string>? Users { get; init; }

    public IReadOnlyList<string>? UserGroups { get; init; }

    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>Shape: <c>secrets</c>, <c>apps/deployments</c>; <c>apps/*</c> = all of a group. Empty = every resource.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    public IReadOnlyList<string>? NonResourceURLs { get; init; }

    /// <summary>From 1.</summary>
    public int? Line { get; init; }
}

/// <summary>How the API server encrypts what it stores: never with which keys. Source: apiserver.config.k8s.io EncryptionConfiguration.</summary>
public sealed record EncryptionFacts
{
    public IReadOnlyList<EncryptionRule>? Resources { get; init; }
}

public sealed record EncryptionRule
{
    /// <summary>Shape: <c>secrets</c>, <c>*.*</c>.</summary>
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>Shape: <c>aescbc</c>, <c>aesgcm</c>, <c>kms</c>, <c>secretbox</c>, <c>identity</c> (none); the first one writes.</summary>
    public IReadOnlyList<string>? Providers { get; init; }

    /// <summary>From 1.</summary>
    public int? Line { get; init; }
}
