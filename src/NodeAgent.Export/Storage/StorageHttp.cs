// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.Export.Sinks.Transports;

namespace NodeAgent.Export.Storage;

/// <summary>Makes the HTTP client of a connection: which server is believed, and who we say we are.</summary>
internal static class StorageHttp
{
    public static HttpClient CreateClient(StorageConnection connection, TimeProvider time)
    {
        var sockets = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !connection.Server.IsLoopback,
            MaxResponseHeadersLength = 64,
        };
        ConfigureTls(sockets.SslOptions, connection);
        return new HttpClient(new BearerTokenHandler(connection, time) { InnerHandler = sockets })
        {
            BaseAddress = connection.Server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private static void ConfigureTls(SslClientAuthenticationOptions tls, StorageConnection connection)
    {
        if (connection.ClientCertificate is { } certificate)
        {
            tls.ClientCertificates = [certificate];
        }

        if (connection.SkipServerVerification)
        {
#pragma warning disable CA5359 // asked for by the kubeconfig's insecure-skip-tls-verify
            tls.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (connection.CertificateAuthorities is { Count: > 0 } || connection.ServerName is not null)
        {
            tls.RemoteCertificateValidationCallback = (_, presented, chain, errors) => IsBelieved(connection, presented, chain, errors);
        }
    }

    private static bool IsBelieved(StorageConnection connection, X509Certificate? presented, X509Chain? systemChain, SslPolicyErrors errors)
    {
        if (presented is null || (errors & SslPolicyErrors.RemoteCertificateNotAvailable) != 0)
        {
            return false;
        }

        using var certificate = new X509Certificate2(presented);
        bool isNamed = connection.ServerName is { } name
            ? certificate.MatchesHostname(name)
            : (errors & SslPolicyErrors.RemoteCertificateNameMismatch) == 0;
        return isNamed && (connection.CertificateAuthorities is { Count: > 0 } authorities
            ? IsSignedBy(NewestAuthorities(connection) ?? authorities, certificate, systemChain)
            : (errors & SslPolicyErrors.RemoteCertificateChainErrors) == 0);
    }

    /// <returns>Null: there is no file, or none that can be read now.</returns>
    private static X509Certificate2Collection? NewestAuthorities(StorageConnection connection)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(connection.CertificateAuthorityFile is { } file ? File.ReadAllText(file) : string.Empty);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return null;
        }

        return authorities.Count > 0 ? authorities : null;
    }

    /// <summary>The chain must end at one of our authorities, whatever the system trusts.</summary>
    internal static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate2 certificate, X509Chain? systemChain)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid("1.3.6.1.5.5.7.3.1"));
        if (systemChain is not null)
        {
            foreach (X509ChainElement element in systemChain.ChainElements)
            {
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
            }
        }

        return chain.Build(certificate);
    }
}

/// <summary>Adds the bearer token; one from a file is read again after a minute, and at once after a 401.</summary>
internal sealed class BearerTokenHandler(StorageConnection connection, TimeProvider time) : DelegatingHandler
{
    private readonly SecretFile? _file = connection.TokenFile is { } path ? new SecretFile(path, time) : null;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Token() is { } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        HttpResponseMessage response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == System.Net.HttpStatusCode.Unauthorized)
        {
            _file?.Forget();
        }

        return response;
    }

    private string? Token()
    {
        try
        {
            return _file is null ? connection.Token : _file.Read();
        }
        catch (IOException error)
        {
            throw new StorageException($"Cannot read the token file: {error.Message}", error) { IsTransient = true };
        }
    }
}
