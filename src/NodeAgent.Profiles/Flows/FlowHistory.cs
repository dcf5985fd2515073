// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Flows;

/// <summary>Flows, each once with its total. For one thread.</summary>
public sealed class FlowHistory
{
    private readonly Dictionary<FlowId, FlowTotal> _flows = [];
    private readonly Dictionary<(string Namespace, string Name), FlowWorkload> _workloads = [];
    private readonly Dictionary<PeerSelector, PeerSelector> _selectors = [];

    public int Count => _flows.Count;

    public FlowDrops Drops { get; internal set; }

    public IEnumerable<KeyValuePair<FlowId, FlowTotal>> Flows => _flows;

    /// <returns>The one object for this workload.</returns>
    /// <param name="labels">Sorted by key; replace those that were known.</param>
    public FlowWorkload Workload(string workloadNamespace, string name, IReadOnlyList<KeyValuePair<string, string>> labels, bool isOnHostNetwork)
    {
        if (!_workloads.TryGetValue((workloadNamespace, name), out FlowWorkload? workload))
        {
            _workloads[(workloadNamespace, name)] = workload = new FlowWorkload(workloadNamespace, name);
        }

        // A workload that was met before its pod was known of has none yet; it never loses them.
        workload.Labels = labels.Count > 0 || workload.Labels.Count == 0 ? labels : workload.Labels;
        workload.IsOnHostNetwork = isOnHostNetwork;
        return workload;
    }

    /// <param name="id">Its workload is one of this history's.</param>
    public void Add(in FlowId id, in FlowTotal total)
    {
        FlowId key = id.Peer.Pods is { } pods ? id with { Peer = FlowPeer.Of(OneOf(pods)) } : id;
        ref FlowTotal known = ref CollectionsMarshal.GetValueRefOrAddDefault(_flows, key, out bool exists);
        known = exists ? known.Add(total) : total;
    }

    public bool TryGet(in FlowId id, out FlowTotal total) => _flows.TryGetValue(id, out total);

    /// <returns>How many flows were last seen before then, and are gone.</returns>
    internal int DropBefore(long unixSeconds) => Drop([.. _flows.Where(pair => pair.Value.LastUnix < unixSeconds).Select(pair => pair.Key)]);

    /// <summary>Drops those that were not seen for the longest time.</summary>
    internal int DropOldest(int count) => Drop([.. _flows.OrderBy(pair => pair.Value.LastUnix).Take(count).Select(pair => pair.Key)]);

    private int Drop(FlowId[] ids)
    {
        foreach (FlowId id in ids)
        {
            _flows.Remove(id);
        }

        if (ids.Length > 0)
        {
            ForgetUnused();
        }

        return ids.Length;
    }

    // Workloads and labels that no flow names any more would be kept for ever.
    private void ForgetUnused()
    {
        var workloads = new HashSet<FlowWorkload>(_flows.Keys.Select(id => id.Workload), ReferenceEqualityComparer.Instance);
        foreach ((var key, FlowWorkload workload) in _workloads)
        {
            if (!workloads.Contains(workload))
            {
                _workloads.Remove(key);
            }
        }

        var selectors = new HashSet<PeerSelector>(_flows.Keys.Select(id => id.Peer.Pods).OfType<PeerSelector>());
        foreach (PeerSelector pods in _selectors.Keys)
        {
            if (!selectors.Contains(pods))
            {
                _selectors.Remove(pods);
            }
        }
    }

    private PeerSelector OneOf(PeerSelector pods)
    {
        if (!_selectors.TryGetValue(pods, out PeerSelector? one))
        {
            _selectors[pods] = one = pods;
        }

        return one;
    }
}
