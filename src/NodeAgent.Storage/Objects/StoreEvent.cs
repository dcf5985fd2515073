// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Objects;

/// <summary>One committed change.</summary>
/// <param name="Current">The document after it; null: deleted.</param>
/// <param name="Previous">The document before it; null: created.</param>
internal sealed record StoreEvent(long Revision, ObjectKey Key, ReadOnlyMemory<byte>? Current, ReadOnlyMemory<byte>? Previous)
{
    /// <summary>Units: bytes held by this event.</summary>
    public long SizeBytes => (Current?.Length ?? 0) + (Previous?.Length ?? 0) + 256;
}
