// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Transports;

/// <summary>Where an HTTP receiver is and how to be let in. Secrets stand in files only.</summary>
public sealed record HttpOptions
{
    /// <summary>Shape: absolute, http or https, without user information.</summary>
    public required Uri Url { get; init; }

    /// <summary>Shape: POST or PUT.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Shape: name of a header to the file that holds its value.</summary>
    public IReadOnlyDictionary<string, string> SecretHeaders { get; init; } = new Dictionary<string, string>();

    /// <summary>Shape: what stands before the token in <c>Authorization</c>.</summary>
    public string TokenScheme { get; init; } = "Bearer";

    /// <summary>Shape: a file with the token; null = none.</summary>
    public string? TokenFile { get; init; }

    /// <summary>For basic authentication; null = none.</summary>
    public string? User { get; init; }

    /// <summary>Shape: a file.</summary>
    public string? PasswordFile { get; init; }

    public TlsFiles Tls { get; init; } = new();

    public bool Gzip { get; init; }

    /// <summary>A header that tells whether a request is one that came before; null = none.</summary>
    public string? IdempotencyHeader { get; init; }

    /// <summary>Most alerts of one request.</summary>
    public int MaxBatch { get; init; } = 1;

    /// <summary>How long a request waits for further alerts.</summary>
    public TimeSpan BatchWait { get; init; }
}
