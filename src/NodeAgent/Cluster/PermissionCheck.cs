// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Configuration;
using NodeAgent.Kubernetes;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Cluster;

/// <summary>Asks the API server once for each thing that the agent asks for while it runs.</summary>
internal static class PermissionCheck
{
    // A name that nobody has: "not found" is said to those only who may look.
    private const string NoName = "node-agent-permission-check";
    private const int WatchSeconds = 1;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Every permission of an agent with these settings; kinds of owners that others have defined come to it.</summary>
    public static IReadOnlyList<ApiRequest> Needed(AgentOptions options) => [.. Questions(options).Select(question => question.Request)];

    /// <returns>In the order of <see cref="Needed"/>.</returns>
    public static async Task<IReadOnlyList<PermissionAnswer>> RunAsync(Kubernetes.Kubernetes client, AgentOptions options, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        return await Task.WhenAll(Questions(options).Select(question => AskAsync(client, question, limit.Token))).ConfigureAwait(false);
    }

    private static IEnumerable<Question> Questions(AgentOptions options)
    {
        bool withPeers = options.Kubernetes.WatchPeers;
        IEnumerable<Question> questions = Followed(ApiResources.Pods, withPeers ? null : $"spec.nodeName={options.NodeName}");
        if (withPeers)
        {
            questions = questions.Concat(Followed(ApiResources.Services)).Concat(Followed(ApiResources.Nodes)).Concat(Followed(ApiResources.EndpointSlices));
        }

        questions = [.. questions, Read(ApiResources.ReplicaSets), Read(ApiResources.Jobs), Read(ApiResources.ReplicationControllers)];
        if (options.Admission.Address.Length > 0)
        {
            questions = questions.Append(Read(ApiResources.Pods));
        }

        return options.Rules.Cluster
            ? questions.Concat(RuleWatch.Resources.SelectMany(resource => Followed(resource))).Concat(Followed(ApiResources.Namespaces))
            : questions;
    }

    private static IEnumerable<Question> Followed<T>(ApiResource<T> resource, string? fieldSelector = null)
        where T : IKubernetesObject
    {
        var options = new ListOptions { FieldSelector = fieldSelector, Limit = 1 };
        yield return new Question(new ApiRequest("list", resource.QualifiedName, null), (client, stop) => client.ListAsync(resource, null, options, stop));
        yield return new Question(new ApiRequest("watch", resource.QualifiedName, null), async (client, stop) =>
        {
            await foreach (var _ in client.WatchAsync(resource, null, new ListOptions { FieldSelector = fieldSelector, TimeoutSeconds = WatchSeconds }, stop).ConfigureAwait(false))
            {
                return; // it may
            }
        });
    }

    private static Question Read<T>(ApiResource<T> resource)
        where T : IKubernetesObject =>
        new(new ApiRequest("get", resource.QualifiedName, null), (client, stop) => client.ReadAsync(resource, "default", NoName, stop));

    private static async Task<PermissionAnswer> AskAsync(Kubernetes.Kubernetes client, Question question, CancellationToken cancellation)
    {
        try
        {
            await question.Ask(client, cancellation).ConfigureAwait(false);
            return new PermissionAnswer(question.Request, PermissionState.Granted, string.Empty);
        }
        catch (KubernetesException error)
        {
            bool isPermitted = error.Failure == KubernetesFailure.NotFound && question.Request.Verb == "get";
            PermissionState state = isPermitted ? PermissionState.Granted : error.Failure == KubernetesFailure.Forbidden ? PermissionState.Missing : PermissionState.Unknown;
            return new PermissionAnswer(question.Request, state, isPermitted ? string.Empty : error.Message);
        }
        catch (OperationCanceledException)
        {
            return new PermissionAnswer(question.Request, PermissionState.Unknown, "no answer in time");
        }
    }

    private sealed record Question(ApiRequest Request, Func<Kubernetes.Kubernetes, CancellationToken, Task> Ask);
}

internal enum PermissionState
{
    /// <summary>There was no answer that says it.</summary>
    Unknown,
    Granted,
    Missing,
}

/// <param name="Reason">What the API server said; empty when it is granted.</param>
internal sealed record PermissionAnswer(ApiRequest Request, PermissionState State, string Reason);
