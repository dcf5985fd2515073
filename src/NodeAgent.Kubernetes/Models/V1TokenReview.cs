// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Models;

/// <summary>The question who a token belongs to, and the answer. Source: Kubernetes API, authentication.k8s.io/v1.</summary>
public sealed record V1TokenReview
{
    public string ApiVersion { get; set; } = "authentication.k8s.io/v1";

    public string Kind { get; set; } = "TokenReview";

    public V1TokenReviewSpec? Spec { get; set; }

    public V1TokenReviewStatus? Status { get; set; }
}

public sealed record V1TokenReviewSpec
{
    public string? Token { get; set; }

    /// <summary>Null = those of the API server.</summary>
    public List<string>? Audiences { get; set; }
}

public sealed record V1TokenReviewStatus
{
    public bool? Authenticated { get; set; }

    public V1UserInfo? User { get; set; }

    public List<string>? Audiences { get; set; }

    public string? Error { get; set; }
}

public sealed record V1UserInfo
{
    public string? Username { get; set; }

    public string? Uid { get; set; }

    public List<string>? Groups { get; set; }

    public Dictionary<string, List<string>>? Extra { get; set; }
}
