// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Storage.Security;

/// <summary>The authority, the server's certificate and the token, kept under <c>DATA/pki</c>.</summary>
/// <remarks>Threads: <see cref="Server"/> from any; renewal from one. Where nothing can be written they live in memory for this run.</remarks>
internal sealed class Credentials : IDisposable
{
    private const int TokenBytes = 32;

    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private X509Certificate2 _authority;
    private volatile X509Certificate2 _server;

    private Credentials(string directory, TimeProvider time, ILogger logger)
    {
        _directory = directory;
        _time = time;
        _logger = logger;
        TryCreateDirectory();
        _authority = LoadPair("ca") ?? NewAuthority();
        _server = LoadPair("server") is { } server && IsIssuedBy(server) ? server : NewServer();
        Token = LoadToken() ?? NewToken();
    }

    public string Token { get; }

    public X509Certificate2 Server => _server;

    /// <summary>Shape: PEM.</summary>
    public string AuthorityPem => _authority.ExportCertificatePem();

    public X509Certificate2 Authority => _authority;

    public static Credentials Load(string dataDirectory, TimeProvider time, ILogger logger) => new(Path.Combine(dataDirectory, "pki"), time, logger);

    /// <summary>Issues what is about to expire, or is not valid yet because the clock was set back.</summary>
    /// <returns>True when the authority is another: clients need the new kubeconfig.</returns>
    public bool Renew()
    {
        bool authority = CertificateIssuer.NeedsRenewal(_authority, _time);
        if (authority)
        {
            _authority = NewAuthority();
        }

        if (authority || CertificateIssuer.NeedsRenewal(_server, _time))
        {
            // The old one is not disposed: handshakes under way may hold it.
            _server = NewServer();
        }

        return authority;
    }

    public void Dispose()
    {
        _authority.Dispose();
        _server.Dispose();
    }

    private bool IsIssuedBy(X509Certificate2 server)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().UtcDateTime;
        return chain.Build(server);
    }

    private X509Certificate2 NewAuthority()
    {
        X509Certificate2 authority = CertificateIssuer.CreateAuthority(_time);
        Store("ca", authority);
        return authority;
    }

    private X509Certificate2 NewServer()
    {
        X509Certificate2 server = CertificateIssuer.IssueServer(_authority, _time);
        Store("server", server);
        Log.CertificateIssued(_logger, server.NotAfter);
        return server;
    }

    private string NewToken()
    {
        string token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        TryWrite("token", token + "\n");
        return token;
    }

    private string? LoadToken()
    {
        string? token = TryRead("token")?.Trim();
        if (token is null or { Length: >= 20 and <= 1024 } && token?.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~') != false)
        {
            return token;
        }

        Log.CredentialsReplaced(_logger, Path.Combine(_directory, "token"), "not a token of at least 20 letters and digits");
        return null;
    }

    // Null: absent, damaged or due.
    private X509Certificate2? LoadPair(string name)
    {
        string? certificate = TryRead(name + ".crt");
        string? key = TryRead(name + ".key");
        if (certificate is null || key is null)
        {
            return null;
        }

        try
        {
            X509Certificate2 pair = X509Certificate2.CreateFromPem(certificate, key);
            if (!CertificateIssuer.NeedsRenewal(pair, _time))
            {
                return pair;
            }

            pair.Dispose();
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            Log.CredentialsReplaced(_logger, Path.Combine(_directory, name + ".crt"), error.Message);
        }

        return null;
    }

    private void Store(string name, X509Certificate2 pair)
    {
        using ECDsa key = pair.GetECDsaPrivateKey()!;
        TryWrite(name + ".key", key.ExportPkcs8PrivateKeyPem() + "\n");
        TryWrite(name + ".crt", pair.ExportCertificatePem() + "\n");
    }

    private void TryCreateDirectory()
    {
        try
        {
            PrivateFile.CreateDirectory(_directory);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.CredentialsNotStored(_logger, _directory, error.Message);
        }
    }

    private string? TryRead(string file)
    {
        string path = Path.Combine(_directory, file);
        try
        {
            return PrivateFile.Read(path, _logger);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.CredentialsReplaced(_logger, path, error.Message);
            return null;
        }
    }

    private void TryWrite(string file, string text)
    {
        string path = Path.Combine(_directory, file);
        try
        {
            PrivateFile.Write(path, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.CredentialsNotStored(_logger, path, error.Message);
        }
    }
}
