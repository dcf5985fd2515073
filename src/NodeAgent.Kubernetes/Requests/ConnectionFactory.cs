// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.Kubernetes.Authentication;
using NodeAgent.Kubernetes.Configuration;

namespace NodeAgent.Kubernetes.Requests;

/// <summary>Makes the HTTP client of a configuration: which server is believed, who we say we are, when a connection counts as dead.</summary>
internal static class ConnectionFactory
{
    public static HttpClient Create(KubernetesClientConfiguration configuration)
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),

            // All watches share one connection; pings find out that nobody is at its other end any more.
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(15),
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 64,
        };
        sockets.Proxy = configuration.Proxy is { } proxy ? new WebProxy(proxy) : new EnvironmentProxy(Environment.GetEnvironmentVariable);

        ConfigureTls(sockets.SslOptions, configuration);
        var client = new HttpClient(sockets)
        {
            BaseAddress = new Uri(configuration.Host + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.TryParseAdd(configuration.UserAgent);
        return client;
    }

    private static void ConfigureTls(SslClientAuthenticationOptions tls, KubernetesClientConfiguration configuration)
    {
        if (configuration.Certificates is { } certificates)
        {
            tls.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificates.Current!;
        }

        if (configuration.SkipTlsVerify)
        {
#pragma warning disable CA5359 // asked for by the kubeconfig's insecure-skip-tls-verify
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (configuration.Authorities is not null || configuration.TlsServerName is not null)
        {
            tls.RemoteCertificateValidationCallback = (_, presented, chain, errors) => IsBelieved(configuration, presented, chain, errors);
        }
    }

    private static bool IsBelieved(KubernetesClientConfiguration configuration, X509Certificate? presented, X509Chain? systemChain, SslPolicyErrors errors)
    {
        if (presented is null || (errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0)
        {
            return false;
        }

        using var certificate = new X509Certificate2(presented);
        bool isNamed = configuration.TlsServerName is { } name
            ? certificate.MatchesHostname(name)
            : (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0;
        return isNamed && (configuration.Authorities is { } authorities
            ? IsSignedBy(authorities, certificate, systemChain)
            : (errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0);
    }

    /// <summary>The chain must end at one of our authorities, whatever the system trusts.</summary>
    private static bool IsSignedBy(ITrustedAuthorities authorities, X509Certificate2 certificate, X509Chain? systemChain)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities.Current);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        foreach (X509ChainElement element in systemChain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(certificate);
    }
}
