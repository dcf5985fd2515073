// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Processes;

/// <summary>The table's own notes on a process. Links are intrusive, so that removing one touches nothing else.</summary>
internal sealed class ProcessEntry(ProcessInfo info)
{
    public ProcessInfo Info { get; } = info;

    /// <summary>An earlier holder of the same pid.</summary>
    public ProcessEntry? OlderSamePid { get; set; }

    public ProcessEntry? Parent { get; private set; }

    public ProcessEntry? FirstChild { get; private set; }

    private ProcessEntry? NextSibling { get; set; }

    private ProcessEntry? PreviousSibling { get; set; }

    public ProcessEntry? NextExited { get; set; }

    public ProcessEntry? PreviousExited { get; set; }

    public bool InExitedList { get; set; }

    /// <summary>Exited, the grace is over, and only children keep it.</summary>
    public bool GraceOver { get; set; }

    /// <summary>Left the table; whoever still holds it must not put it back.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Never seen to start: only what an event's header tells.</summary>
    public bool IsPlaceholder { get; set; }

    /// <summary>Units: boot ns.</summary>
    public ulong FirstSeenNs { get; init; }

    /// <summary>Units: boot ns of the newest record that described it.</summary>
    public ulong DescribedNs { get; set; }

    public int SnapshotRound { get; set; }

    public int SizeBytes { get; set; }

    public bool HasExited => Info.ExitTimeNs != 0;

    /// <summary>Start times only grow from parent to child, so no garbage in a record can close a ring.</summary>
    public void SetParent(ProcessEntry parent)
    {
        if (Parent is not null || IsRemoved || parent.IsRemoved || parent.Info.Key.StartTimeNs >= Info.Key.StartTimeNs)
        {
            return;
        }

        Parent = parent;
        Info.Parent = parent.Info;
        NextSibling = parent.FirstChild;
        if (NextSibling is not null)
        {
            NextSibling.PreviousSibling = this;
        }

        parent.FirstChild = this;
    }

    public void LeaveParent()
    {
        if (Parent is null)
        {
            return;
        }

        if (PreviousSibling is null)
        {
            Parent.FirstChild = NextSibling;
        }
        else
        {
            PreviousSibling.NextSibling = NextSibling;
        }

        if (NextSibling is not null)
        {
            NextSibling.PreviousSibling = PreviousSibling;
        }

        Parent = null;
        Info.Parent = null;
        NextSibling = null;
        PreviousSibling = null;
    }
}
