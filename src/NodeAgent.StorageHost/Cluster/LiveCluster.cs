// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Meta;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;
using NodeAgent.Storage.Collection;

namespace NodeAgent.StorageHost.Cluster;

/// <summary>What is there in the cluster, followed by watches of pods, and of the metadata of workloads and nodes.</summary>
/// <remarks>Kinds that are not followed cannot be told, and what is stored of them stays. Threads: any.</remarks>
internal sealed class LiveCluster : ILiveCluster
{
    private static readonly (string Kind, string Group, string Plural)[] Followed =
    [
        ("Deployment", "apps", "deployments"), ("ReplicaSet", "apps", "replicasets"), ("StatefulSet", "apps", "statefulsets"), ("DaemonSet", "apps", "daemonsets"),
        ("Job", "batch", "jobs"), ("CronJob", "batch", "cronjobs"), ("ReplicationController", string.Empty, "replicationcontrollers"),
    ];

    // Only these mark their pods with the version of the template.
    private static readonly string[] Versioned = ["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet"];

    private readonly Dictionary<string, ObjectNames<V1PartialObjectMetadata, OwnerReference?>> _workloads;
    private readonly ObjectNames<V1PartialObjectMetadata, bool> _nodes = new(_ => true);
    private readonly ObjectNames<V1Pod, LivePod> _pods = new(LivePod.Of);

    public LiveCluster(Kubernetes.Kubernetes client, ILogger logger)
    {
        _workloads = Followed.ToDictionary(
            kind => kind.Kind, _ => new ObjectNames<V1PartialObjectMetadata, OwnerReference?>(item => item.Metadata!.OwnerReferences?.Find(owner => owner.Controller == true)), StringComparer.OrdinalIgnoreCase);
        var options = new ReflectorOptions();
        Reflectors =
        [
            new Reflector<V1Pod>(client, ApiResources.Pods, options, _pods, logger, TimeProvider.System),
            new Reflector<V1PartialObjectMetadata>(client, ApiResources.Metadata(string.Empty, "v1", "nodes"), options, _nodes, logger, TimeProvider.System),
            .. Followed.Select(kind => new Reflector<V1PartialObjectMetadata>(
                client, ApiResources.Metadata(kind.Group, "v1", kind.Plural), options, _workloads[kind.Kind], logger, TimeProvider.System)),
        ];
    }

    /// <summary>To be run.</summary>
    public IReadOnlyList<IReflector> Reflectors { get; }

    public string? NotReady => Reflectors.FirstOrDefault(reflector => !reflector.HasSynced) is { } late ? $"waiting for the list of {late.Resource}" : null;

    public bool? HasWorkload(string objectNamespace, string kind, string name) =>
        string.Equals(kind, "Pod", StringComparison.OrdinalIgnoreCase) ? _pods.Has(objectNamespace, name)
        : string.Equals(kind, "Node", StringComparison.OrdinalIgnoreCase) ? HasNode(name)
        : _workloads.TryGetValue(kind, out ObjectNames<V1PartialObjectMetadata, OwnerReference?>? names) ? names.Has(objectNamespace, name)
        : null;

    public bool? HasGeneration(string objectNamespace, string kind, string name, string templateHash)
    {
        if (!Versioned.Contains(kind, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        bool hasPods = false;
        foreach (((string Namespace, string Name) key, LivePod pod) in _pods.All)
        {
            if (key.Namespace == objectNamespace && IsOf(objectNamespace, pod.Owner, kind, name))
            {
                hasPods = true;
                if (pod.TemplateHash == templateHash)
                {
                    return true;
                }
            }
        }

        return hasPods ? false : null;
    }

    public bool? HasImage(string image) => LivePod.DigestOf(image) is { } digest ? _pods.All.Any(pod => pod.Value.Digests.Contains(digest)) : null;

    public bool? HasNode(string name) => _nodes.Has(string.Empty, name);

    private bool IsOf(string objectNamespace, OwnerReference? owner, string kind, string name) => owner is not null
        && ((string.Equals(owner.Kind, kind, StringComparison.OrdinalIgnoreCase) && owner.Name == name)
            || (owner.Kind == "ReplicaSet" && owner.Name is { } set && _workloads["ReplicaSet"].Find(objectNamespace, set) is { } above
                && string.Equals(above.Kind, kind, StringComparison.OrdinalIgnoreCase) && above.Name == name));
}
