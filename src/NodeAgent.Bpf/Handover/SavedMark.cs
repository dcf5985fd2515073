// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Losses;

namespace NodeAgent.Bpf.Handover;

/// <summary>Tells the next agent whether this one wrote down all that it took from the rings. Outlives the event source. For one thread at a time.</summary>
public sealed class SavedMark : IDisposable
{
    private readonly LossLedger _ledger;

    internal SavedMark(LossLedger ledger) => _ledger = ledger;

    /// <summary>Set it before the event that makes it true leaves the ring.</summary>
    public void SetUnsaved(bool unsaved) => _ledger.IsUnsaved = unsaved;

    public void Dispose() => _ledger.Dispose();
}
