// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Losses;

namespace NodeAgent.Pipeline;

/// <summary>Where the event loop gets its records and its time from: the kernel, or a recording. For the loop's thread.</summary>
internal interface IRecordSource
{
    /// <summary>Units: boot ns.</summary>
    ulong NowNs { get; }

    /// <summary>Nothing will come any more.</summary>
    bool IsAtEnd => false;

    /// <summary>Units: bytes that the last read left.</summary>
    long PendingBytes => 0;

    /// <summary>Units: records that did not decode, since the start.</summary>
    long MalformedCount { get; }

    /// <summary>Units: records that were sent since the start.</summary>
    ulong SentCount => 0;

    /// <summary>What was taken over from an agent before this one; null = nothing.</summary>
    HandoverReport? Handover => null;

    /// <summary>Decodes what is there, oldest first, without waiting.</summary>
    /// <returns>Records taken, malformed ones too.</returns>
    int Read(ref EventDispatcher handler, int max);

    /// <summary>Decodes one record for each process that runs.</summary>
    /// <returns>How many.</returns>
    int ReadSnapshot(ref EventDispatcher handler);

    void Wait(TimeSpan max)
    {
    }

    IReadOnlyList<LossDelta> ReadLosses();

    IReadOnlyList<BudgetCut> ReadCuts();

    /// <summary>Shows the cgroup events that wait, without taking them.</summary>
    void PeekCgroups(CgroupVisitor visit)
    {
    }

    /// <returns>A pin of this agent that somebody removed; null while all is well.</returns>
    string? FindRemovedPin() => null;

    /// <summary>Whatever was told before is told once more.</summary>
    void ForgetAll()
    {
    }
}
