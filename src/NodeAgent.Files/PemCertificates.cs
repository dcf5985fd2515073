// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Files;

/// <summary>Certificates as PEM files hold them.</summary>
public static class PemCertificates
{
    /// <summary>The certificate of a server with what stands above it.</summary>
    /// <param name="certificates">Shape: PEM, the server's own first.</param>
    /// <param name="key">Shape: PEM, without a password.</param>
    /// <remarks>Errors: <see cref="CryptographicException"/> and <see cref="ArgumentException"/> where they are none, or do not fit together.</remarks>
    public static SslStreamCertificateContext Server(string certificates, string key)
    {
        X509Certificate2 leaf = X509Certificate2.CreateFromPem(certificates, key);
        var above = new X509Certificate2Collection();
        above.ImportFromPem(certificates);
        above.RemoveAt(0);
        return SslStreamCertificateContext.Create(leaf, above, offline: true);
    }

    /// <param name="pem">Shape: PEM, one certificate or several.</param>
    /// <remarks>Errors: <see cref="CryptographicException"/>; <see cref="FormatException"/> where there is none.</remarks>
    public static X509Certificate2Collection Authorities(string pem)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(pem);
        return authorities.Count > 0 ? authorities : throw new FormatException("there is no certificate in it");
    }
}
