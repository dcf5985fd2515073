// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Authentication;

/// <summary>Gives the bearer token of a request. Any thread.</summary>
internal interface ITokenProvider
{
    /// <returns>Null = the request goes without one.</returns>
    /// <remarks>Errors: <see cref="CredentialException"/>.</remarks>
    ValueTask<string?> GetTokenAsync(CancellationToken cancellation);

    /// <summary>The server refused what was given last: it is not to be given again if there is a newer one.</summary>
    void Refuse();
}

/// <summary>Credentials cannot be had now; the message says why and holds no secret.</summary>
internal sealed class CredentialException(string message, Exception? inner = null) : Exception(message, inner);
