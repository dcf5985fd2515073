// SPDX-License-Identifier: Apache-2.0
using System.Net;

namespace NodeAgent.Export.Storage;

/// <summary>The storage did not do what it was asked.</summary>
public sealed class StorageException : Exception
{
    public StorageException()
    {
    }

    public StorageException(string message)
        : base(message)
    {
    }

    public StorageException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>Null when there was no answer.</summary>
    public HttpStatusCode? StatusCode { get; init; }

    /// <summary>Shape: the reason of the Status object, such as <c>AlreadyExists</c>; empty when the body was none.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>What the server asked to wait; null when it did not.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The same request may succeed later: no answer, too many requests, or a fault of the server.</summary>
    public bool IsTransient { get; init; }
}
