// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.HostScan.Tests.Layouts;

/// <summary>Certificates as a cluster has them, made once for all tests.</summary>
internal static class TestCertificates
{
    public const string AuthorityEnd = "2036-01-01T00:00:00Z";
    public const string ServerEnd = "2027-01-01T00:00:00Z";

    private static readonly DateTimeOffset Begin = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static string Authority { get; } = Make("CN=kubernetes", isAuthority: true, DateTimeOffset.Parse(AuthorityEnd, null));

    public static string EtcdAuthority { get; } = Make("CN=etcd-ca", isAuthority: true, DateTimeOffset.Parse(AuthorityEnd, null));

    public static string Server { get; } = Make("CN=kube-apiserver", isAuthority: false, DateTimeOffset.Parse(ServerEnd, null));

    /// <summary>What has the form of a key, and the secret in it.</summary>
    public static string Key(string secret) => $"-----BEGIN PRIVATE KEY-----\n{secret}\n-----END PRIVATE KEY-----\n";

    private static string Make(string subject, bool isAuthority, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        using X509Certificate2 made = request.CreateSelfSigned(Begin, end);
        return made.ExportCertificatePem() + "\n";
    }
}
