// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Models;

/// <summary>The question whether somebody may do something, and the answer. Source: Kubernetes API, authorization.k8s.io/v1.</summary>
public sealed record V1SubjectAccessReview
{
    public string ApiVersion { get; set; } = "authorization.k8s.io/v1";

    public string Kind { get; set; } = "SubjectAccessReview";

    public V1SubjectAccessReviewSpec? Spec { get; set; }

    public V1SubjectAccessReviewStatus? Status { get; set; }
}

public sealed record V1SubjectAccessReviewSpec
{
    public V1ResourceAttributes? ResourceAttributes { get; set; }

    public V1NonResourceAttributes? NonResourceAttributes { get; set; }

    public string? User { get; set; }

    public string? Uid { get; set; }

    public List<string>? Groups { get; set; }

    public Dictionary<string, List<string>>? Extra { get; set; }
}

public sealed record V1ResourceAttributes
{
    public string? Namespace { get; set; }

    public string? Verb { get; set; }

    public string? Group { get; set; }

    public string? Version { get; set; }

    public string? Resource { get; set; }

    public string? Subresource { get; set; }

    public string? Name { get; set; }
}

public sealed record V1NonResourceAttributes
{
    public string? Path { get; set; }

    public string? Verb { get; set; }
}

public sealed record V1SubjectAccessReviewStatus
{
    public bool? Allowed { get; set; }

    /// <summary>Forbidden whatever others say.</summary>
    public bool? Denied { get; set; }

    public string? Reason { get; set; }

    public string? EvaluationError { get; set; }
}
