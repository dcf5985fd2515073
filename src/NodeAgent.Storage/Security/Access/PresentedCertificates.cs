// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Storage.Security.Access;

/// <summary>Client certificates as they came with a handshake, and whether an authority stands behind them.</summary>
/// <remarks>Threads: any. What was found out is remembered with the connection's certificate object for a minute, and for one set of authorities.</remarks>
internal sealed class PresentedCertificates(TimeProvider time)
{
    private const string ClientPurpose = "1.3.6.1.5.5.7.3.2";
    private const int MaxIntermediates = 8;

    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);

    private readonly ConditionalWeakTable<X509Certificate2, X509Certificate2Collection> _intermediates = [];
    private readonly ConditionalWeakTable<X509Certificate2, Verdicts> _verdicts = [];

    /// <summary>Takes every certificate: what it is worth depends on the request, and on authorities that change.</summary>
    public bool Take(X509Certificate2 certificate, X509Chain? chain)
    {
        if (chain is { ChainPolicy.ExtraStore.Count: > 0 })
        {
            var copies = new X509Certificate2Collection();
            foreach (X509Certificate2 sent in chain.ChainPolicy.ExtraStore.Take(MaxIntermediates))
            {
                copies.Add(X509CertificateLoader.LoadCertificate(sent.RawData));
            }

            _intermediates.AddOrUpdate(certificate, copies);
        }

        return true;
    }

    public bool IsSignedBy(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        Verdicts verdicts = _verdicts.GetOrCreateValue(certificate);
        lock (verdicts)
        {
            if (verdicts.Find(authorities) is not { } known || time.GetElapsedTime(known.At) > Remembered)
            {
                known = new Verdict(authorities, Build(certificate, authorities), time.GetTimestamp());
                verdicts.Remember(known);
            }

            return known.IsSigned;
        }
    }

    private bool Build(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        if (authorities.Count == 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientPurpose));
        if (_intermediates.TryGetValue(certificate, out X509Certificate2Collection? intermediates))
        {
            chain.ChainPolicy.ExtraStore.AddRange(intermediates);
        }

        return chain.Build(certificate);
    }

    private sealed record Verdict(X509Certificate2Collection Authorities, bool IsSigned, long At);

    // Two sets of authorities are asked about: those of the proxy and those of clients.
    private sealed class Verdicts
    {
        private Verdict? _first;
        private Verdict? _second;

        public Verdict? Find(X509Certificate2Collection authorities) =>
            ReferenceEquals(_first?.Authorities, authorities) ? _first : ReferenceEquals(_second?.Authorities, authorities) ? _second : null;

        public void Remember(Verdict verdict)
        {
            if (!ReferenceEquals(_first?.Authorities, verdict.Authorities))
            {
                _second = _first;
            }

            _first = verdict;
        }
    }
}
