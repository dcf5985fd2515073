// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Storage.Requests;

namespace NodeAgent.Storage.Security.Access;

/// <summary>Whether a caller may: masters may everything, then the rules, then whoever decides in the cluster. What nobody allows is forbidden.</summary>
/// <remarks>Threads: any. Source: k8s.io/apiserver, delegated authorization.</remarks>
internal sealed class CallerRights
{
    // Questions longer than this are not remembered: a caller chooses names and paths.
    private const int MaxRememberedLength = 10_000;

    private static readonly AccessDecision Forbidden = new(false, string.Empty);

    private readonly StorageAccess _access;
    private readonly StorageMetrics _metrics;
    private readonly AnswerCache<string, AccessDecision> _decisions;

    public CallerRights(StorageAccess access, StorageMetrics metrics, TimeProvider time)
    {
        _access = access;
        _metrics = metrics;
        _decisions = new AnswerCache<string, AccessDecision>(access.Times.Size, decision => decision.Allowed ? access.Times.Allowed : access.Times.Denied, time);
    }

    /// <exception cref="ApiException">403, or 503 when nobody could be asked.</exception>
    public async ValueTask AllowAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        AccessDecision decision = await DecideAsync(request, cancellationToken);
        _metrics.Decided(decision.Allowed);
        if (!decision.Allowed)
        {
            throw Failures.Forbidden(request, decision.Reason);
        }
    }

    private async ValueTask<AccessDecision> DecideAsync(AccessRequest request, CancellationToken cancellationToken)
    {
        if (request.Caller.Groups.Contains(Caller.Masters) || _access.Rules?.Invoke().Allow(request) == true)
        {
            return new AccessDecision(true, string.Empty);
        }

        if (_access.Reviewer is not { } reviewer)
        {
            return Forbidden;
        }

        try
        {
            string question = Question(request);
            return question.Length > MaxRememberedLength
                ? await reviewer.ReviewAsync(request, cancellationToken)
                : await _decisions.GetAsync(question, () => reviewer.ReviewAsync(request, CancellationToken.None), cancellationToken);
        }
        catch (ReviewUnavailableException error)
        {
            _metrics.ReviewFailed("access");
            throw new ApiException(Failures.Unavailable($"nobody could be asked whether this is allowed: {error.Message}"));
        }
    }

    // Each part with its length before it: no choice of names makes one question look like another.
    private static string Question(AccessRequest request)
    {
        var text = new StringBuilder();
        foreach (string part in (string[])[request.Caller.Name, request.Caller.Uid, request.Verb, request.Group, request.Version, request.Resource, request.Subresource, request.ObjectNamespace, request.Name, request.Path])
        {
            Add(text, part);
        }

        foreach (string group in request.Caller.Groups)
        {
            Add(text, group);
        }

        foreach ((string key, IReadOnlyList<string> values) in request.Caller.Extra)
        {
            text.Append('|');
            Add(text, key);
            foreach (string value in values)
            {
                Add(text, value);
            }
        }

        return text.ToString();
    }

    private static void Add(StringBuilder text, string part) => text.Append(part.Length).Append(':').Append(part);
}
