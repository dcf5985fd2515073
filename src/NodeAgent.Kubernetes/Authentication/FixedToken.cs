// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Authentication;

/// <summary>A token that stands in a kubeconfig.</summary>
internal sealed class FixedToken(string token) : ITokenProvider
{
    public ValueTask<string?> GetTokenAsync(CancellationToken cancellation) => new(token);

    public void Refuse()
    {
        // There is no other.
    }
}
