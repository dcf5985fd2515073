// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Files;

/// <summary>How servers of ours speak TLS.</summary>
public static class ServerTls
{
    /// <returns>To callers of whom no certificate is asked.</returns>
    public static SslServerAuthenticationOptions Options(SslStreamCertificateContext certificate) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ServerCertificateContext = certificate,
        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
    };

    /// <returns>Callers' certificates are worth what roots say that are given by hand; nobody else is asked.</returns>
    public static X509ChainPolicy CallerPolicy() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
    };
}
