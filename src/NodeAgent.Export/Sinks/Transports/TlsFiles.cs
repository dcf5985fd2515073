// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.Export.Storage;

namespace NodeAgent.Export.Sinks.Transports;

/// <summary>Whom a TLS connection believes and who we say we are. Files are read for each new connection, since certificates are rotated.</summary>
public sealed record TlsFiles
{
    /// <summary>Shape: PEM of the only authorities that are trusted; null = those of the system.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Shape: PEM of our certificate and those between it and its authority; null = none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Shape: PEM.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The name expected in the server's certificate; null = the host that is connected to.</summary>
    public string? ServerName { get; init; }

    internal void Apply(SslClientAuthenticationOptions tls)
    {
        if (CertificateFile is { } certificate && KeyFile is { } key)
        {
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => Load(certificate, key);
        }

        if (AuthorityFile is not null || ServerName is not null)
        {
            tls.RemoteCertificateValidationCallback = (_, presented, chain, errors) => IsBelieved(presented, chain, errors);
        }
    }

    private static X509Certificate2 Load(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new IOException($"Cannot use the certificate {certificate} with the key {key}: {error.Message}", error);
        }
    }

    private bool IsBelieved(X509Certificate? presented, X509Chain? systemChain, SslPolicyErrors errors)
    {
        if (presented is null || (errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0)
        {
            return false;
        }

        using var certificate = new X509Certificate2(presented);
        bool isNamed = ServerName is { } name ? certificate.MatchesHostname(name) : (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0;
        if (!isNamed || AuthorityFile is null)
        {
            return isNamed && (errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(AuthorityFile);
        }
        catch (CryptographicException error)
        {
            throw new IOException($"Cannot use the authorities in {AuthorityFile}: {error.Message}", error);
        }

        return authorities.Count > 0 && StorageHttp.IsSignedBy(authorities, certificate, systemChain);
    }
}
