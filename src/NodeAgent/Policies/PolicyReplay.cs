// SPDX-License-Identifier: Apache-2.0
using NodeAgent.NetworkPolicy.Evaluation;

namespace NodeAgent.Policies;

/// <summary>What policies say to flows: the sums, and each flow that they would have denied.</summary>
internal sealed class PolicyReplay
{
    private readonly PolicySet _policies;

    private PolicyReplay(PolicySet policies) => _policies = policies;

    public int Flows { get; private set; }

    public int Allowed { get; private set; }

    /// <summary>Of pods that no policy selects.</summary>
    public int NotSelected { get; private set; }

    /// <summary>Units: connections, as all counts of flows.</summary>
    public long Connections { get; private set; }

    public long DeniedConnections { get; private set; }

    /// <summary>The most frequent first.</summary>
    public List<DeniedFlow> Denied { get; } = [];

    /// <summary>Shape: <c>NAMESPACE/NAME: spec.egress[0].to[1]</c>.</summary>
    public IReadOnlyList<string> NeverSeen => _policies.Unneeded();

    public static PolicyReplay Run(PolicySet policies, IEnumerable<RecordedFlow> flows)
    {
        var replay = new PolicyReplay(policies);
        foreach (RecordedFlow flow in flows)
        {
            replay.Add(in flow, policies.Evaluate(flow.Flow));
        }

        replay.Denied.Sort(Compare);
        return replay;
    }

    private static int Compare(DeniedFlow a, DeniedFlow b)
    {
        int order = b.Flow.Count.CompareTo(a.Flow.Count);
        order = order != 0 ? order : a.Flow.Direction.CompareTo(b.Flow.Direction);
        order = order != 0 ? order : string.CompareOrdinal(a.Recorded.Namespace, b.Recorded.Namespace);
        order = order != 0 ? order : string.CompareOrdinal(a.Recorded.Workload, b.Recorded.Workload);
        order = order != 0 ? order : a.Flow.Port.CompareTo(b.Flow.Port);
        order = order != 0 ? order : string.CompareOrdinal(a.Flow.Protocol, b.Flow.Protocol);
        return order != 0 ? order : string.CompareOrdinal(a.PeerText, b.PeerText);
    }

    private void Add(in RecordedFlow flow, FlowVerdict verdict)
    {
        Flows++;
        Connections += flow.Flow.Count;
        switch (verdict)
        {
            case FlowVerdict.Denied:
                Denied.Add(new DeniedFlow(flow));
                DeniedConnections += flow.Flow.Count;
                break;
            case FlowVerdict.NotSelected:
                NotSelected++;
                break;
            default:
                Allowed++;
                break;
        }
    }
}
