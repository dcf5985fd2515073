// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.HostData;

/// <summary>What a certificate says in public. Never the key that belongs to it.</summary>
public sealed record HostCertificate
{
    /// <summary>Shape: RFC 4514, <c>CN=kubernetes</c>.</summary>
    public string? Subject { get; init; }

    public string? Issuer { get; init; }

    /// <summary>Shape: RFC 3339, UTC.</summary>
    public string? NotBefore { get; init; }

    /// <summary>Shape: RFC 3339, UTC.</summary>
    public string? NotAfter { get; init; }

    /// <summary>Shape: <c>RSA</c>, <c>ECDSA</c>, or an object identifier.</summary>
    public string? KeyAlgorithm { get; init; }

    /// <summary>Units: bits; null = unknown.</summary>
    public int? KeyBits { get; init; }

    /// <summary>Whether it may sign others.</summary>
    public bool IsAuthority { get; init; }
}
