// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cluster;
using NodeAgent.Enrichment.Pods;
using NodeAgent.Events.Identity;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Owners;

namespace NodeAgent.Admission;

/// <summary>Finds out whose pod a request names: of this node, else by asking the API server. For one task.</summary>
/// <remarks>A pod that was asked for is remembered for a while: who looks around in one asks again and again.</remarks>
/// <param name="own">Null = there is no cluster.</param>
/// <param name="reader">Null = there is no cluster.</param>
internal sealed class PodNames(PodDirectory? own, PodReader? reader, TimeProvider time)
{
    private const int MostRemembered = 256;
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Namespace, string Name), (PodRecord Pod, string Node, long At)> _remembered = [];

    /// <returns>The container, the node that the pod is known to run on, and who told.</returns>
    public async ValueTask<(ContainerIdentity Identity, string Node, PodSource Source)> FindAsync(string podNamespace, string pod, string container, CancellationToken cancellation)
    {
        if (pod.Length > 0 && own?.TryFindByName(podNamespace, pod, out PodRecord? known) == true)
        {
            return (NamedPod.Of(known, container), string.Empty, PodSource.Node);
        }

        if (pod.Length > 0 && await AskAsync(podNamespace, pod, cancellation).ConfigureAwait(false) is var (record, node))
        {
            return (NamedPod.Of(record, container), node, PodSource.ApiServer);
        }

        return (NamedPod.Of(podNamespace, pod, container), string.Empty, PodSource.Nobody);
    }

    private async ValueTask<(PodRecord Pod, string Node)?> AskAsync(string podNamespace, string pod, CancellationToken cancellation)
    {
        if (reader is null)
        {
            return null;
        }

        if (_remembered.TryGetValue((podNamespace, pod), out (PodRecord Pod, string Node, long At) found) && time.GetElapsedTime(found.At) < Memory)
        {
            return (found.Pod, found.Node);
        }

        if (await reader.ReadAsync(podNamespace, pod, cancellation).ConfigureAwait(false) is not var (read, owners))
        {
            return null;
        }

        if (_remembered.Count >= MostRemembered)
        {
            _remembered.Clear();
        }

        (PodRecord Pod, string Node) answer = (PodRecords.Of(read, owners), read.Spec?.NodeName ?? string.Empty);
        _remembered[(podNamespace, pod)] = (answer.Pod, answer.Node, time.GetTimestamp());
        return answer;
    }
}
