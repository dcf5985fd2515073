// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.StorageHost.Cluster;

/// <summary>Asks the API server about tokens and rights.</summary>
/// <param name="audience">Empty = only tokens that were made for the API server itself.</param>
internal sealed class ClusterReviews(Kubernetes.Kubernetes client, TimeSpan timeout, string audience) : ITokenReviewer, IAccessReviewer
{
    public async Task<Caller?> ReviewAsync(string token, CancellationToken cancellationToken) =>
        (audience.Length > 0 ? await OwnerAsync(token, [audience], cancellationToken).ConfigureAwait(false) : null)
        ?? await OwnerAsync(token, null, cancellationToken).ConfigureAwait(false);

    // An API server that knows nothing of audiences names none in its answer, and has not looked at them.
    private async Task<Caller?> OwnerAsync(string token, List<string>? audiences, CancellationToken cancellationToken)
    {
        var question = new V1TokenReview { Spec = new V1TokenReviewSpec { Token = token, Audiences = audiences } };
        V1TokenReview answer = await AskAsync(limit => client.CreateTokenReviewAsync(question, limit), cancellationToken).ConfigureAwait(false);
        return answer.Status is { Authenticated: true, User: { Username: { Length: > 0 } name } user } status && (audiences is null || status.Audiences?.Contains(audience) == true)
            ? new Caller(name, user.Uid ?? string.Empty, user.Groups ?? [], ExtraOf(user.Extra))
            : null;
    }

    public async Task<AccessDecision> ReviewAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        V1SubjectAccessReview answer = await AskAsync(limit => client.CreateSubjectAccessReviewAsync(Question(request), limit), cancellationToken).ConfigureAwait(false);
        V1SubjectAccessReviewStatus status = answer.Status ?? throw new ReviewUnavailableException("the API server answered without a status");
        return new AccessDecision(status is { Allowed: true, Denied: not true }, status.Reason ?? string.Empty);
    }

    private static V1SubjectAccessReview Question(AccessRequest request) => new()
    {
        Spec = new V1SubjectAccessReviewSpec
        {
            User = request.Caller.Name,
            Uid = NullIfEmpty(request.Caller.Uid),
            Groups = [.. request.Caller.Groups],
            Extra = request.Caller.Extra.Count == 0 ? null : request.Caller.Extra.ToDictionary(pair => pair.Key, pair => pair.Value.ToList()),
            ResourceAttributes = !request.IsResource ? null : new V1ResourceAttributes
            {
                Namespace = NullIfEmpty(request.ObjectNamespace),
                Verb = request.Verb,
                Group = NullIfEmpty(request.Group),
                Version = request.Version,
                Resource = request.Resource,
                Subresource = NullIfEmpty(request.Subresource),
                Name = NullIfEmpty(request.Name),
            },
            NonResourceAttributes = request.IsResource ? null : new V1NonResourceAttributes { Path = request.Path, Verb = request.Verb },
        },
    };

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await ask(limit.Token).ConfigureAwait(false);
        }
        catch (KubernetesException error)
        {
            throw new ReviewUnavailableException(error.Message, error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ReviewUnavailableException($"the API server did not answer within {timeout.TotalSeconds:0.#} s", error);
        }
    }

    private static IReadOnlyDictionary<string, IReadOnlyList<string>> ExtraOf(Dictionary<string, List<string>>? extra) =>
        extra is { Count: > 0 } ? new SortedDictionary<string, IReadOnlyList<string>>(extra.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value), StringComparer.Ordinal) : Caller.NoExtra;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
