// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Owners;

/// <summary>Asks for single pods and their owners, within a deadline and at a bounded pace: names come from strangers. For one task.</summary>
public sealed class PodReader(Kubernetes client, ILogger logger, TimeProvider time)
{
    private const int MostPerSecond = 20;
    private const int MaxNameLength = 253;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly OwnerResolver _owners = new(client, logger);
    private readonly FailureLog _log = new(logger, client);
    private long _secondBegan = time.GetTimestamp();
    private int _askedInSecond;
    private long? _failedAt;

    /// <summary>Longest wait for a pod, and once more for its owners.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(1);

    /// <returns>Null: there is none, or nobody could say so in time.</returns>
    public async Task<(V1Pod Pod, OwnerChain Owners)?> ReadAsync(string ns, string name, CancellationToken cancellation)
    {
        if (!IsName(ns) || !IsName(name) || !MayAsk())
        {
            return null;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Deadline);
        try
        {
            V1Pod pod = await client.ReadAsync(ApiResources.Pods, ns, name, limit.Token).ConfigureAwait(false);
            _log.Worked("get");
            _failedAt = null;
            return pod.Metadata is { Uid.Length: > 0 } metadata && metadata.Name == name && metadata.Namespace == ns
                ? (pod, await OwnersOfAsync(pod, cancellation).ConfigureAwait(false))
                : null;
        }
        catch (KubernetesException error) when (error.Failure == KubernetesFailure.NotFound)
        {
            return null;
        }
        catch (KubernetesException error)
        {
            // A server that does not answer is not asked for each request anew.
            _failedAt = time.GetTimestamp();
            _log.Failed(error);
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            _failedAt = time.GetTimestamp();
            return null;
        }
    }

    private async Task<OwnerChain> OwnersOfAsync(V1Pod pod, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Deadline);
        try
        {
            return await _owners.ResolveAsync(pod, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            OwnerName direct = OwnerResolver.ControllerOf(pod.Metadata!) ?? new OwnerName("v1", "Pod", pod.Metadata!.Name!, pod.Metadata.Uid!);
            return new OwnerChain(direct, direct, false);
        }
    }

    private bool MayAsk()
    {
        if (_failedAt is { } failed && time.GetElapsedTime(failed) < Pause)
        {
            return false;
        }

        if (time.GetElapsedTime(_secondBegan) >= Second)
        {
            (_secondBegan, _askedInSecond) = (time.GetTimestamp(), 0);
        }

        return ++_askedInSecond <= MostPerSecond;
    }

    // Shape: a DNS subdomain, RFC 1123: what is none is no object's name, and has no business in a path.
    private static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
}
