// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Meta;

/// <summary>What an API server answers when there is no object to answer with. Source: k8s.io/apimachinery Status (v1).</summary>
public sealed record Status
{
    public string? Kind { get; init; } = "Status";

    public string? ApiVersion { get; init; } = "v1";

    public ListMeta Metadata { get; init; } = new();

    /// <summary>Shape: <c>Success</c> or <c>Failure</c>; property named as upstream.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("status")]
    public string? Result { get; init; }

    public string? Message { get; init; }

    /// <summary>Shape: one word, see <see cref="StatusReason"/>.</summary>
    public string? Reason { get; init; }

    public StatusDetails? Details { get; init; }

    /// <summary>Units: HTTP status code.</summary>
    public int? Code { get; init; }
}

public sealed record StatusDetails
{
    public string? Name { get; init; }

    public string? Group { get; init; }

    /// <summary>Shape: the plural of the resource, for some reasons the kind.</summary>
    public string? Kind { get; init; }

    public string? Uid { get; init; }

    public IReadOnlyList<StatusCause>? Causes { get; init; }

    public int? RetryAfterSeconds { get; init; }
}

public sealed record StatusCause
{
    public string? Reason { get; init; }

    public string? Message { get; init; }

    public string? Field { get; init; }
}

/// <summary>Values of <see cref="Status.Reason"/>.</summary>
public static class StatusReason
{
    public const string Unauthorized = "Unauthorized";
    public const string Forbidden = "Forbidden";
    public const string NotFound = "NotFound";
    public const string AlreadyExists = "AlreadyExists";
    public const string Conflict = "Conflict";
    public const string Gone = "Gone";
    public const string Expired = "Expired";
    public const string Invalid = "Invalid";
    public const string BadRequest = "BadRequest";
    public const string MethodNotAllowed = "MethodNotAllowed";
    public const string NotAcceptable = "NotAcceptable";
    public const string RequestEntityTooLarge = "RequestEntityTooLarge";
    public const string UnsupportedMediaType = "UnsupportedMediaType";
    public const string InternalError = "InternalError";
    public const string ServiceUnavailable = "ServiceUnavailable";
    public const string Timeout = "Timeout";
}
