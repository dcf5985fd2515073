// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using NodeAgent.Storage.Requests;

namespace NodeAgent.Storage.Security.Access;

/// <summary>Who a request is from: the front proxy's word, else a client certificate, else a bearer token. Nobody is anonymous.</summary>
/// <remarks>Threads: any. Source: k8s.io/apiserver, the order and the conditions of delegated authentication.</remarks>
internal sealed class CallerAuthentication
{
    private const string Scheme = "Bearer ";

    private static readonly Caller Owner = new("node-agent", string.Empty, [Caller.Masters], Caller.NoExtra);

    private readonly StorageAccess _access;
    private readonly BearerToken? _ownToken;
    private readonly PresentedCertificates _certificates;
    private readonly StorageMetrics _metrics;
    private readonly AnswerCache<string, Caller?> _tokens;

    // Tokens are not kept: what is remembered is worth nothing to who reads this process's memory later.
    private readonly byte[] _digestKey = RandomNumberGenerator.GetBytes(32);

    public CallerAuthentication(StorageAccess access, BearerToken? ownToken, PresentedCertificates certificates, StorageMetrics metrics, TimeProvider time)
    {
        _access = access;
        _ownToken = ownToken;
        _certificates = certificates;
        _metrics = metrics;
        _tokens = new AnswerCache<string, Caller?>(access.Times.Size, caller => caller is null ? access.Times.RefusedToken : access.Times.Token, time);
    }

    /// <exception cref="ApiException">401: nobody that we know, or nobody who could say so.</exception>
    public async ValueTask<Caller> IdentifyAsync(HttpContext http)
    {
        if (ByCertificate(http, out string method) is not { } caller)
        {
            method = "token";
            caller = await ByTokenAsync(http.Request.Headers.Authorization.ToString(), http.RequestAborted);
        }

        _metrics.Identified(method, caller is not null);
        return caller?.WithAuthenticated() ?? throw Failures.Unauthorized();
    }

    private Caller? ByCertificate(HttpContext http, out string method)
    {
        method = "proxy";
        if (_access.Trust is not { } trusted || http.Connection.ClientCertificate is not { } certificate)
        {
            return null;
        }

        ClientTrust trust = trusted();
        (string name, IReadOnlyList<string> organizations) = CertificateSubject.Read(certificate);
        if (trust.Proxy is { } proxy
            && (proxy.AllowedNames.Count == 0 || proxy.AllowedNames.Contains(name))
            && _certificates.IsSignedBy(certificate, proxy.Authorities)
            && ProxyHeaders.Read(http.Request.Headers, proxy) is { } named)
        {
            return named;
        }

        method = "certificate";
        return name.Length > 0 && _certificates.IsSignedBy(certificate, trust.ClientAuthorities)
            ? new Caller(name, string.Empty, organizations, CredentialId(certificate))
            : null;
    }

    private async ValueTask<Caller?> ByTokenAsync(string header, CancellationToken cancellationToken)
    {
        if (_ownToken?.Accepts(header) == true)
        {
            return Owner;
        }

        if (_access.Tokens is not { } reviewer || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) || header[Scheme.Length..].Trim() is not { Length: > 0 } token)
        {
            return null;
        }

        string digest = Convert.ToBase64String(HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes(token)));
        try
        {
            return await _tokens.GetAsync(digest, () => reviewer.ReviewAsync(token, CancellationToken.None), cancellationToken);
        }
        catch (ReviewUnavailableException)
        {
            // As the API server: who cannot be told is not let in.
            _metrics.ReviewFailed("token");
            return null;
        }
    }

    private static Dictionary<string, IReadOnlyList<string>> CredentialId(X509Certificate2 certificate) => new()
    {
        ["authentication.kubernetes.io/credential-id"] = [$"X509SHA256={Convert.ToHexStringLower(SHA256.HashData(certificate.RawData))}"],
    };
}
