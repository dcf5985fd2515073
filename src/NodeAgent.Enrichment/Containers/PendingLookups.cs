// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Questions without an answer so far, and when each is asked again.</summary>
/// <remarks>
/// A runtime that speaks the CRI knows a container before its cgroup is made, runc writes its state after that: hence a question at
/// once, and short first pauses. A container that a better source may still know is asked for as long as it exists. For the loop's thread.
/// </remarks>
internal sealed class PendingLookups(int capacity)
{
    private static readonly ulong[] PausesNs = [50_000_000, 200_000_000, 1_000_000_000, 5_000_000_000, 20_000_000_000, 60_000_000_000];

    private readonly List<Pending> _pending = [];
    private ulong _nextDueNs = ulong.MaxValue;

    public int Count => _pending.Count;

    /// <summary>Questions not taken because too many were waiting.</summary>
    public long Dropped { get; private set; }

    public void AddMiss(ContainerInfo placeholder, uint pid, ulong nowNs) => Add(new Pending(placeholder, pid, IsMiss: true, nowNs, 0));

    public void AddMetadata(ContainerInfo container, ulong nowNs) => Add(new Pending(container, 0, IsMiss: false, nowNs, 0));

    public void Done(ContainerInfo container) => _pending.RemoveAll(pending => pending.Container == container);

    public void AskDue(IContainerLookup lookup, ulong nowNs)
    {
        if (nowNs < _nextDueNs)
        {
            return;
        }

        _nextDueNs = ulong.MaxValue;
        int kept = 0;
        for (int i = 0; i < _pending.Count; i++)
        {
            Pending pending = _pending[i];
            if (pending.IsMiss && pending.Container.CgroupPath.Length != 0)
            {
                continue;
            }

            if (pending.DueNs <= nowNs)
            {
                bool asked = pending.IsMiss
                    ? lookup.TryAskPath(new CgroupMiss(pending.Container.CgroupId, pending.Pid))
                    : lookup.TryAskMetadata(pending.Container);
                bool goesOn = pending.Container is { RemovedNs: 0, Identity.Kind: UnitKind.Container };
                if (asked && pending.Attempt >= PausesNs.Length && !goesOn)
                {
                    continue;
                }

                // A refused question is asked again after the same pause.
                ulong pause = PausesNs[Math.Min(pending.Attempt, PausesNs.Length - 1)];
                pending = pending with { DueNs = nowNs + pause, Attempt = pending.Attempt + (asked ? 1 : 0) };
            }

            _nextDueNs = Math.Min(_nextDueNs, pending.DueNs);
            _pending[kept++] = pending;
        }

        _pending.RemoveRange(kept, _pending.Count - kept);
    }

    private void Add(in Pending pending)
    {
        if (_pending.Count >= capacity)
        {
            Dropped++;
            return;
        }

        _pending.Add(pending);
        _nextDueNs = Math.Min(_nextDueNs, pending.DueNs);
    }

    private readonly record struct Pending(ContainerInfo Container, uint Pid, bool IsMiss, ulong DueNs, int Attempt);
}
