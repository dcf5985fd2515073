// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Kubernetes.Authentication;

/// <summary>The authorities one of which must have signed the server's certificate. Any thread.</summary>
internal interface ITrustedAuthorities
{
    X509Certificate2Collection Current { get; }
}

/// <summary>Authorities that do not change.</summary>
internal sealed class AuthorityList(X509Certificate2Collection authorities) : ITrustedAuthorities, IDisposable
{
    public X509Certificate2Collection Current { get; } = authorities;

    /// <returns>Null when there is no certificate in the text.</returns>
    public static AuthorityList? FromPem(string pem)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return authorities.Count == 0 ? null : new AuthorityList(authorities);
    }

    public void Dispose()
    {
        foreach (X509Certificate2 authority in Current)
        {
            authority.Dispose();
        }
    }
}

/// <summary>Authorities in a file that is read again when it was replaced, as when a cluster rotates its authority.</summary>
internal sealed class AuthorityFile : ITrustedAuthorities, IDisposable
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private AuthorityList _list;
    private DateTime _writtenAt;
    private long _checkedAt;

    /// <remarks>Errors: <see cref="Configuration.KubeConfigException"/> when it holds no certificate now.</remarks>
    public AuthorityFile(string path, TimeProvider time)
    {
        _path = path;
        _time = time;
        _writtenAt = File.GetLastWriteTimeUtc(path);
        _list = Read() ?? throw new Configuration.KubeConfigException($"{path} holds no certificate");
        _checkedAt = time.GetTimestamp();
    }

    public X509Certificate2Collection Current
    {
        get
        {
            lock (_lock)
            {
                if (_time.GetElapsedTime(_checkedAt) >= CheckInterval)
                {
                    _checkedAt = _time.GetTimestamp();
                    Refresh();
                }

                return _list.Current;
            }
        }
    }

    public void Dispose() => _list.Dispose();

    // The list before is left to the finalizers: a handshake may be using it.
    private void Refresh()
    {
        DateTime writtenAt = File.GetLastWriteTimeUtc(_path);
        if (writtenAt != _writtenAt && Read() is { } list)
        {
            _list = list;
            _writtenAt = writtenAt;
        }
    }

    private AuthorityList? Read()
    {
        try
        {
            return AuthorityList.FromPem(File.ReadAllText(_path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
