// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.Api.HostData;
using NodeAgent.HostScan.Roots;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Reads certificates of PEM files: only their blocks, so that a key in the same file is passed over. Source: RFC 7468.</summary>
internal static class CertificateFiles
{
    private const int MaxBytes = 512 << 10;
    private const int MaxCertificates = 200; // an authority file of a distribution has some 150

    private const string Label = "CERTIFICATE";

    /// <summary>The file's owner, mode and hash, and what its certificates say.</summary>
    public static HostFile? DescribeCertificate(this SensorRun run, string? path)
    {
        if (string.IsNullOrEmpty(path) || run.Describe(path, FileContent.Hash) is not { } file)
        {
            return null;
        }

        HostFileBytes read = run.Root.Read(path, MaxBytes);
        return file.Sha256 is null || !read.IsRead ? file : file with { Certificates = Certificates(run, path, read.Text) };
    }

    private static List<HostCertificate>? Certificates(SensorRun run, string path, string text)
    {
        var found = new List<HostCertificate>();
        ReadOnlySpan<char> rest = text;
        bool isAny = false;
        while (PemEncoding.TryFind(rest, out PemFields block))
        {
            if (rest[block.Label].SequenceEqual(Label))
            {
                isAny = true;
                if (found.Count == MaxCertificates)
                {
                    run.Problem($"{path}: more than {MaxCertificates} certificates, the rest is not told");
                    break;
                }

                Add(run, path, Convert.FromBase64String(rest[block.Base64Data].ToString()), found);
            }

            rest = rest[block.Location.End..];
        }

        return isAny ? found : null;
    }

    private static void Add(SensorRun run, string path, byte[] bytes, List<HostCertificate> found)
    {
        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(bytes);
            found.Add(new HostCertificate
            {
                Subject = certificate.Subject,
                Issuer = certificate.Issuer,
                NotBefore = Time(certificate.NotBefore),
                NotAfter = Time(certificate.NotAfter),
                KeyAlgorithm = Algorithm(certificate.PublicKey.Oid),
                KeyBits = Bits(certificate),
                IsAuthority = certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraint => constraint.CertificateAuthority),
            });
        }
        catch (CryptographicException)
        {
            run.Problem($"{path}: holds a certificate that cannot be read");
        }
    }

    private static string Time(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // Source: RFC 3279, RFC 8410.
    private static string? Algorithm(Oid oid) => oid.Value switch
    {
        "1.2.840.113549.1.1.1" => "RSA",
        "1.2.840.10045.2.1" => "ECDSA",
        "1.3.101.112" => "Ed25519",
        _ => oid.Value,
    };

    private static int? Bits(X509Certificate2 certificate)
    {
        try
        {
            using RSA? rsa = certificate.GetRSAPublicKey();
            using ECDsa? ecdsa = rsa is null ? certificate.GetECDsaPublicKey() : null;
            return rsa?.KeySize ?? ecdsa?.KeySize;
        }
        catch (CryptographicException)
        {
            // A curve or a key that this machine's library does not know.
            return null;
        }
    }
}
