// SPDX-License-Identifier: Apache-2.0
using System.Net;
using NodeAgent.Api.Meta;

namespace NodeAgent.Kubernetes.Requests;

/// <summary>Why a request came to nothing; also the value of the label "reason" of metrics.</summary>
public enum KubernetesFailure
{
    /// <summary>No connection, or it broke.</summary>
    Connection,

    /// <summary>No answer in time.</summary>
    Timeout,

    /// <summary>Credentials cannot be had.</summary>
    Credentials,

    /// <summary>401.</summary>
    Unauthorized,

    /// <summary>403: a permission is missing.</summary>
    Forbidden,

    /// <summary>404.</summary>
    NotFound,

    /// <summary>410, or a resource version that the server does not have: only a new list helps.</summary>
    Expired,

    /// <summary>429, 503 and others that ask for patience.</summary>
    Busy,

    /// <summary>Another 5xx.</summary>
    Server,

    /// <summary>Another 4xx or a redirect: the request is wrong for this server.</summary>
    Refused,

    /// <summary>The answer is not what the API promises.</summary>
    Malformed,
}

/// <summary>A request that an API server did not answer with what was asked for.</summary>
public sealed class KubernetesException : Exception
{
    internal KubernetesException(KubernetesFailure failure, ApiRequest request, string message, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        Request = request;
    }

    public KubernetesFailure Failure { get; }

    public ApiRequest Request { get; }

    /// <summary>Null when no answer came.</summary>
    public HttpStatusCode? StatusCode { get; internal init; }

    /// <summary>What the server said, if it said it in the API's form.</summary>
    public Status? Status { get; internal init; }

    /// <summary>How long the server asks to be left alone; null = it did not.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    internal static KubernetesFailure FailureOf(int code, Status? status) => code switch
    {
        401 => KubernetesFailure.Unauthorized,
        403 => KubernetesFailure.Forbidden,
        404 => KubernetesFailure.NotFound,
        410 => KubernetesFailure.Expired,
        429 or 503 => KubernetesFailure.Busy,
        504 when IsTooLarge(status) => KubernetesFailure.Expired,
        _ when status?.Reason is StatusReason.Expired or StatusReason.Gone => KubernetesFailure.Expired,
        >= 500 => KubernetesFailure.Server,
        _ => KubernetesFailure.Refused,
    };

    // A version of the future: the server was restored from a backup, or is one that lags behind.
    private static bool IsTooLarge(Status? status) =>
        status?.Details?.Causes?.Any(cause => cause.Reason == "ResourceVersionTooLarge") == true
        || status?.Message?.StartsWith("Too large resource version", StringComparison.Ordinal) == true;
}
