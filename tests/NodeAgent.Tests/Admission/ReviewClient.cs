// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Tests.Admission;

/// <summary>Calls the endpoint as an API server does: HTTP/2 over TLS, with the authority of the webhook's configuration.</summary>
internal static class ReviewClient
{
    /// <param name="trusted">Whose certificates the endpoint may have.</param>
    /// <param name="address">Shape: ADDRESS:PORT.</param>
    /// <param name="shown">Null = none.</param>
    public static HttpClient Create(TestAuthority trusted, string address, X509Certificate2? shown = null)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPem(trusted.Pem);
        var tls = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        if (shown is not null)
        {
            tls.ClientCertificateContext = SslStreamCertificateContext.Create(shown, null, offline: true);
        }

        return new HttpClient(new SocketsHttpHandler { SslOptions = tls })
        {
            BaseAddress = new Uri($"https://{address}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
    }

    public static async Task<HttpResponseMessage> PostAsync(HttpClient client, string body)
    {
        using var content = new ByteArrayContent(Reviews.Bytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await client.PostAsync("/validate?timeout=2s", content, TestContext.Current.CancellationToken);
    }

    /// <summary>Shape: PEM.</summary>
    public static string KeyOf(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
}
