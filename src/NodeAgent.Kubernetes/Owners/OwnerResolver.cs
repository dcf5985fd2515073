// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes.Owners;

/// <summary>Finds the workload that a pod belongs to. Each controller is asked for once, its metadata only. For one task.</summary>
/// <remarks>
/// Only ReplicaSets and Jobs stand between a pod and its workload. Every other controller is a workload of its own, also one of a
/// kind that we never heard of, and also when something else made it: the Deployments of one custom resource do different things.
/// </remarks>
public sealed class OwnerResolver(Kubernetes client, ILogger logger, int maxKnown = 4096)
{
    private readonly FailureLog _log = new(logger, client.Host);

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

        if (Intermediate(direct) is not { } resource)
        {
            return new OwnerChain(direct, direct, true);
        }

        if (!_known.TryGetValue(direct.Uid, out OwnerName? above))
        {
            (bool answered, above) = await AskAsync(resource, metadata.Namespace, direct, cancellation).ConfigureAwait(false);
            if (!answered)
            {
                return new OwnerChain(direct, direct, false);
            }
        }

        return new OwnerChain(direct, above ?? direct, true);
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

    private static ApiResource<V1PartialObjectMetadata>? Intermediate(OwnerName owner) => (owner.ApiVersion, owner.Kind) switch
    {
        ("apps/v1", "ReplicaSet") => ApiResources.ReplicaSets,
        ("batch/v1", "Job") => ApiResources.Jobs,
        _ => null,
    };

    private async Task<(bool Answered, OwnerName? Above)> AskAsync(
        ApiResource<V1PartialObjectMetadata> resource, string? ns, OwnerName controller, CancellationToken cancellation)
    {
        Lookups++;
        try
        {
            V1PartialObjectMetadata found = await client.ReadAsync(resource, ns, controller.Name, cancellation).ConfigureAwait(false);
            _log.Worked("get");
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
            _log.Failed(error);
            return (false, null);
        }
    }
}
