// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Authentication;

namespace NodeAgent.Kubernetes.Configuration;

/// <summary>Where an API server is and how to be let in. Named as in the public C# client. Owns its credentials.</summary>
public sealed partial class KubernetesClientConfiguration : IDisposable
{
    /// <summary>Shape: <c>https://10.96.0.1:443</c>.</summary>
    public required string Host { get; init; }

    /// <summary>The namespace that the context or the service account names; empty = none.</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>Of a kubeconfig; empty in a cluster.</summary>
    public string CurrentContext { get; init; } = string.Empty;

    /// <summary>A server certificate is accepted unseen. For trying things out only.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>The name expected in the server's certificate; null = the host of <see cref="Host"/>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Goes before the proxy of the environment; null = that one.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>Sent with each request.</summary>
    public string UserAgent { get; init; } = "node-agent";

    /// <summary>The only authorities that are trusted; null = those of the system.</summary>
    internal ITrustedAuthorities? Authorities { get; init; }

    /// <summary>Asked before each request; null = none.</summary>
    internal ITokenProvider? Tokens { get; init; }

    /// <summary>Asked before each new connection; null = none.</summary>
    internal IClientCertificateProvider? Certificates { get; init; }

    public void Dispose()
    {
        (Authorities as IDisposable)?.Dispose();
        (Tokens as IDisposable)?.Dispose();
        if (!ReferenceEquals(Tokens, Certificates))
        {
            (Certificates as IDisposable)?.Dispose();
        }
    }
}
