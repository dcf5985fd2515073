// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using NodeAgent.Files;

namespace NodeAgent.Storage.Security;

/// <summary>The certificate that clients see, with what stands above it: from files that are followed, or the one that the server made itself.</summary>
/// <remarks>Threads: any.</remarks>
internal sealed class ServerCertificates
{
    private readonly Credentials _own;
    private readonly FollowedFiles<SslStreamCertificateContext>? _files;
    private volatile OwnContext? _ownContext;

    private ServerCertificates(Credentials own, FollowedFiles<SslStreamCertificateContext>? files)
    {
        _own = own;
        _files = files;
    }

    public SslStreamCertificateContext Current => _files?.Current ?? Own();

    /// <exception cref="ArgumentException">The files cannot be read or do not fit together.</exception>
    public static ServerCertificates Load(StorageOptions options, Credentials own, TimeProvider time, ILogger logger)
    {
        if (options.TlsCertificateFile is not { } certificate)
        {
            return new ServerCertificates(own, null);
        }

        try
        {
            return new ServerCertificates(own, new FollowedFiles<SslStreamCertificateContext>([certificate, options.TlsKeyFile!], texts => PemCertificates.Server(texts[0], texts[1]), time, FollowedFilesLog.To(logger)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new ArgumentException($"Storage:{nameof(StorageOptions.TlsCertificateFile)} {certificate} and {options.TlsKeyFile}: {error.Message}", error);
        }
    }

    // A context is kept for as long as its certificate is: sessions are resumed through it.
    private SslStreamCertificateContext Own()
    {
        X509Certificate2 certificate = _own.Server;
        if (_ownContext is not { } known || !ReferenceEquals(known.Certificate, certificate))
        {
            _ownContext = known = new OwnContext(certificate, SslStreamCertificateContext.Create(certificate, [], offline: true));
        }

        return known.Context;
    }

    private sealed record OwnContext(X509Certificate2 Certificate, SslStreamCertificateContext Context);
}
