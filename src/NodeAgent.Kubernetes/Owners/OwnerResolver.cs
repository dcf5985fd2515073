// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Owners;

/// <summary>Finds the workload that a pod belongs to. Each controller is asked for once, its metadata only. For one task.</summary>
/// <remarks>
/// ReplicaSets, ReplicationControllers and Jobs stand between a pod and its workload, and whatever makes pods and is of a kind that we
/// never heard of may. A workload that Kubernetes knows is one, also when something else made it: the Deployments of one custom resource
/// do different things. Who may not read a kind goes by the owner that is known, and is not asked again.
/// </remarks>
public sealed class OwnerResolver(Kubernetes client, ILogger logger, int maxKnown = 4096)
{
    private const int MaxLevels = 4;

    // By resource: said once, and not to be asked again.
    private readonly HashSet<string> _unreadable = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FailureLog> _logs = new(StringComparer.Ordinal);

    // By the uid of the controller: who made it; null = nobody.
    private readonly Dictionary<string, OwnerName?> _known = new(StringComparer.Ordinal);

    /// <summary>Controllers that were asked for.</summary>
    public long Lookups { get; private set; }

    /// <summary>Questions that came to nothing; the pods go by the owner that is known until then.</summary>
    public long Failures { get; private set; }

    /// <param name="pod">With name and uid.</param>
    public async ValueTask<OwnerChain> ResolveAsync(V1Pod pod, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(pod);
        V1ObjectMeta metadata = pod.Metadata!;
        if (ControllerOf(metadata) is not { } direct)
        {
            var self = new OwnerName("v1", "Pod", metadata.Name!, metadata.Uid!);
            return new OwnerChain(self, self, true);
        }

        OwnerName top = direct;
        for (int level = 0; level < MaxLevels && Intermediate(top) is { } resource; level++)
        {
            (bool answered, OwnerName? above) = await AboveAsync(resource, metadata.Namespace, top, cancellation).ConfigureAwait(false);
            if (!answered)
            {
                return new OwnerChain(direct, top, false);
            }

            if (above is null)
            {
                break;
            }

            top = above;
        }

        return new OwnerChain(direct, top, true);
    }

    /// <summary>The controller among the owners; the first when none says that it is one.</summary>
    public static OwnerName? ControllerOf(V1ObjectMeta metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        OwnerReference? owner = metadata.OwnerReferences?.Find(o => o?.Controller == true) ?? metadata.OwnerReferences?.Find(o => o is not null);

        // A pod from the kubelet's own files names its node: nobody made it.
        return owner is { Kind.Length: > 0, Name.Length: > 0 } && owner.Kind != "Node"
            ? new OwnerName(owner.ApiVersion ?? string.Empty, owner.Kind, owner.Name, owner.Uid ?? string.Empty)
            : null;
    }

    /// <returns>Null: it is a workload.</returns>
    private static ApiResource<V1PartialObjectMetadata>? Intermediate(OwnerName owner) => (owner.ApiVersion, owner.Kind) switch
    {
        ("apps/v1", "ReplicaSet") => ApiResources.ReplicaSets,
        ("batch/v1", "Job") => ApiResources.Jobs,
        ("v1", "ReplicationController") => ApiResources.ReplicationControllers,
        _ when owner.ApiVersion.Split('/') is [var group, var version] && group.Contains('.', StringComparison.Ordinal) && !group.EndsWith(".k8s.io", StringComparison.Ordinal)
            => ApiResources.Metadata(group, version, PluralOf(owner.Kind)),
        _ => null,
    };

    // How names of resources are made from kinds; one that is called otherwise is not found, and counts as a workload.
    private static string PluralOf(string kind)
    {
        string name = kind.ToLowerInvariant();
        return name.EndsWith('s') || name.EndsWith('x') || name.EndsWith("ch", StringComparison.Ordinal) || name.EndsWith("sh", StringComparison.Ordinal) ? name + "es"
            : name.EndsWith('y') && name.Length > 1 && !"aeiou".Contains(name[^2], StringComparison.Ordinal) ? name[..^1] + "ies"
            : name + "s";
    }

    private async ValueTask<(bool Answered, OwnerName? Above)> AboveAsync(
        ApiResource<V1PartialObjectMetadata> resource, string? ns, OwnerName controller, CancellationToken cancellation) =>
        _known.TryGetValue(controller.Uid, out OwnerName? above) ? (true, above)
        : _unreadable.Contains(resource.QualifiedName) ? (true, null)
        : await AskAsync(resource, ns, controller, cancellation).ConfigureAwait(false);

    private async Task<(bool Answered, OwnerName? Above)> AskAsync(
        ApiResource<V1PartialObjectMetadata> resource, string? ns, OwnerName controller, CancellationToken cancellation)
    {
        Lookups++;
        FailureLog log = _logs.TryGetValue(resource.QualifiedName, out FailureLog? known) ? known : _logs[resource.QualifiedName] = new FailureLog(logger, client);
        try
        {
            V1PartialObjectMetadata found = await client.ReadAsync(resource, ns, controller.Name, cancellation).ConfigureAwait(false);
            log.Worked("get");
            if (found.Metadata is null || found.Metadata.Uid != controller.Uid)
            {
                // Another one of that name, made after ours was gone: whose ours was nobody knows any more.
                return (false, null);
            }

            if (_known.Count >= maxKnown)
            {
                _known.Clear();
            }

            return (true, _known[controller.Uid] = ControllerOf(found.Metadata));
        }
        catch (KubernetesException error)
        {
            Failures++;
            log.Failed(error);

            // Of a kind of others' making it is no fault that it cannot be read; of ours a person will give the permission.
            bool isForGood = IsCustom(resource)
                && (error.Failure == KubernetesFailure.Forbidden || (error.Failure == KubernetesFailure.NotFound && string.IsNullOrEmpty(error.Status?.Details?.Name)));
            if (isForGood && _unreadable.Count < maxKnown)
            {
                _unreadable.Add(resource.QualifiedName);
            }

            return (isForGood, null);
        }
    }

    private static bool IsCustom(ApiResource<V1PartialObjectMetadata> resource) => resource.Group.Contains('.', StringComparison.Ordinal);
}
