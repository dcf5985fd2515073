// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Export.Storage;

/// <summary>Where the storage is and how to be let in. Owns its certificates.</summary>
public sealed record StorageConnection : IDisposable
{
    public const string DefaultGroupVersion = "spdx.softwarecomposition.kubescape.io/v1beta1";

    /// <summary>Shape: <c>https://127.0.0.1:8443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>Shape: <c>group/version</c>.</summary>
    public string GroupVersion { get; init; } = DefaultGroupVersion;

    /// <summary>The only authorities that are trusted; null = those of the system.</summary>
    public X509Certificate2Collection? CertificateAuthorities { get; init; }

    /// <summary>Shape: a PEM file that holds them, read again for each new connection, since authorities are rotated. <see cref="CertificateAuthorities"/> go on while it cannot be read.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>A server certificate is accepted unseen. For trying things out only.</summary>
    public bool SkipServerVerification { get; init; }

    /// <summary>The name expected in the server's certificate; null = the host of <see cref="Server"/>.</summary>
    public string? ServerName { get; init; }

    public string? Token { get; init; }

    /// <summary>Shape: a file that holds the token; it is read again, since tokens are rotated. Goes before <see cref="Token"/>.</summary>
    public string? TokenFile { get; init; }

    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The namespace that a kubeconfig's context names; null = none.</summary>
    public string? DefaultNamespace { get; init; }

    /// <summary>How long one request may take (never a watch). Default: 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Units: bytes of an answer that are read at most. Default: 64 MiB.</summary>
    public long MaxAnswerBytes { get; init; } = 64L << 20;

    public void Dispose()
    {
        ClientCertificate?.Dispose();
        foreach (X509Certificate2 authority in CertificateAuthorities ?? [])
        {
            authority.Dispose();
        }
    }

    // The generated text of a record would put the token into a log.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Server = ").Append(Server);
        return true;
    }
}
