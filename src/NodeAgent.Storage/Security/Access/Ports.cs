// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Storage.Security.Access;

/// <summary>Asks who a bearer token belongs to. Any thread.</summary>
public interface ITokenReviewer
{
    /// <returns>Null: nobody's.</returns>
    /// <exception cref="ReviewUnavailableException">Nobody could be asked.</exception>
    Task<Caller?> ReviewAsync(string token, CancellationToken cancellationToken);
}

/// <summary>Asks whether somebody may do something. Any thread.</summary>
public interface IAccessReviewer
{
    /// <exception cref="ReviewUnavailableException">Nobody could be asked.</exception>
    Task<AccessDecision> ReviewAsync(AccessRequest request, CancellationToken cancellationToken);
}

/// <summary>Whoever decides cannot be asked now: nothing is allowed, and nothing is remembered.</summary>
public sealed class ReviewUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Which client certificates mean something. One that is replaced is a new object.</summary>
/// <param name="ClientAuthorities">Who they sign is who the certificate names; empty = none.</param>
/// <param name="Proxy">Null: headers that name a user are nothing.</param>
public sealed record ClientTrust(X509Certificate2Collection ClientAuthorities, ProxyTrust? Proxy)
{
    public static ClientTrust Nobody { get; } = new([], null);
}

/// <summary>Whose word about the user is believed. Source: Kubernetes, "Configure the Aggregation Layer".</summary>
/// <param name="AllowedNames">Common names of the proxy's certificate; empty = any that the authority signed.</param>
/// <param name="UserHeaders">The first one that is there counts.</param>
public sealed record ProxyTrust(
    X509Certificate2Collection Authorities,
    IReadOnlyList<string> AllowedNames,
    IReadOnlyList<string> UserHeaders,
    IReadOnlyList<string> UidHeaders,
    IReadOnlyList<string> GroupHeaders,
    IReadOnlyList<string> ExtraPrefixes);
