// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf;
using NodeAgent.Bpf.Filtering;
using NodeAgent.Bpf.Handover;
using NodeAgent.Bpf.Losses;
using NodeAgent.Pipeline;

namespace NodeAgent.Recording;

/// <summary>A source of which a recorder notes what it gives.</summary>
internal sealed class RecordingSource(IRecordSource inner, Recorder recorder) : IRecordSource
{
    // The loop looks at the clock before each step.
    public ulong NowNs
    {
        get
        {
            recorder.EndTick();
            return inner.NowNs;
        }
    }

    public bool IsAtEnd => inner.IsAtEnd;

    public long PendingBytes => inner.PendingBytes;

    public long MalformedCount => inner.MalformedCount;

    public ulong SentCount => inner.SentCount;

    public HandoverReport? Handover => inner.Handover;

    public int Read(ref EventDispatcher handler, int max)
    {
        recorder.EndTick();
        return inner.Read(ref handler, max);
    }

    public int ReadSnapshot(ref EventDispatcher handler) => inner.ReadSnapshot(ref handler);

    public void Wait(TimeSpan max) => inner.Wait(max);

    public IReadOnlyList<LossDelta> ReadLosses()
    {
        IReadOnlyList<LossDelta> losses = inner.ReadLosses();
        foreach (LossDelta loss in losses)
        {
            recorder.Loss(loss);
        }

        return losses;
    }

    public IReadOnlyList<BudgetCut> ReadCuts()
    {
        IReadOnlyList<BudgetCut> cuts = inner.ReadCuts();
        foreach (BudgetCut cut in cuts)
        {
            recorder.Cut(cut);
        }

        return cuts;
    }

    public void PeekCgroups(CgroupVisitor visit) => inner.PeekCgroups(visit);

    public string? FindRemovedPin() => inner.FindRemovedPin();

    public void ForgetAll() => inner.ForgetAll();
}
