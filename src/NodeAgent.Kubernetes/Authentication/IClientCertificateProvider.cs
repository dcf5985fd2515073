// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeAgent.Kubernetes.Configuration;

namespace NodeAgent.Kubernetes.Authentication;

/// <summary>Gives the certificate with which a connection says who we are. Any thread, never waits.</summary>
internal interface IClientCertificateProvider
{
    X509Certificate2? Current { get; }
}

/// <summary>A certificate that does not change.</summary>
internal sealed class ClientCertificate(X509Certificate2 certificate) : IClientCertificateProvider, IDisposable
{
    public X509Certificate2? Current { get; } = certificate;

    /// <param name="where">For the message when it is none.</param>
    public static ClientCertificate FromPem(string certificate, string key, string where)
    {
        try
        {
            return new ClientCertificate(X509Certificate2.CreateFromPem(certificate, key));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new KubeConfigException($"{where}: client certificate: {error.Message}", error);
        }
    }

    public void Dispose() => Current?.Dispose();
}

/// <summary>A certificate in files that are read again when they were replaced.</summary>
internal sealed class ClientCertificateFiles : IClientCertificateProvider
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);

    private readonly (string? Data, string? File) _certificate;
    private readonly (string? Data, string? File) _key;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private X509Certificate2 _current;
    private DateTime _writtenAt;
    private long _checkedAt;

    /// <summary>Each half is in a file or, as text, in the kubeconfig.</summary>
    public ClientCertificateFiles(string? certificateData, string? certificateFile, string? keyData, string? keyFile, TimeProvider time)
    {
        _certificate = (certificateData, certificateFile);
        _key = (keyData, keyFile);
        _time = time;
        _writtenAt = WrittenAt();
        _current = Read();
        _checkedAt = time.GetTimestamp();
    }

    public X509Certificate2? Current
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

                return _current;
            }
        }
    }

    private void Refresh()
    {
        DateTime writtenAt = WrittenAt();
        if (writtenAt == _writtenAt)
        {
            return;
        }

        try
        {
            _current = Read();
            _writtenAt = writtenAt;
        }
        catch (KubeConfigException)
        {
            // Half replaced: the pair before is good until the other half is there.
        }
    }

    private DateTime WrittenAt()
    {
        DateTime certificate = _certificate.Data is null ? File.GetLastWriteTimeUtc(_certificate.File!) : DateTime.MinValue;
        DateTime key = _key.Data is null ? File.GetLastWriteTimeUtc(_key.File!) : DateTime.MinValue;
        return certificate > key ? certificate : key;
    }

    private X509Certificate2 Read()
    {
        try
        {
            return X509Certificate2.CreateFromPem(_certificate.Data ?? File.ReadAllText(_certificate.File!), _key.Data ?? File.ReadAllText(_key.File!));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"client certificate {_certificate.File}, key {_key.File}: {error.Message}", error);
        }
    }
}
