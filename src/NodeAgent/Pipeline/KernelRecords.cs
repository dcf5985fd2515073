// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Losses;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Pipeline;

/// <summary>The kernel as the source of the event loop.</summary>
internal sealed class KernelRecords(KernelEventSource source) : IRecordSource
{
    public ulong NowNs => BootClock.NowNs;

    public long PendingBytes => source.PendingBytes;

    public long MalformedCount => source.Counters.Malformed;

    public ulong SentCount => source.SentCount;

    public HandoverReport? Handover => source.Handover;

    public int Read(ref EventDispatcher handler, int max) => source.Read(ref handler, max);

    public int ReadSnapshot(ref EventDispatcher handler) => source.ReadSnapshot(ref handler);

    public void Wait(TimeSpan max) => source.Wait(max);

    public IReadOnlyList<LossDelta> ReadLosses() => source.ReadLosses();

    public IReadOnlyList<BudgetCut> ReadCuts() => source.ReadCuts();

    public void PeekCgroups(CgroupVisitor visit) => source.PeekCgroups(visit);

    public string? FindRemovedPin() => source.FindRemovedPin();

    public void ForgetAll() => source.Filter.ForgetAll();
}
