// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Json;

namespace NodeAgent.Storage.Objects;

/// <summary>One committed change.</summary>
/// <param name="Current">The document after it; null: deleted.</param>
/// <param name="Previous">The document before it; null: created.</param>
internal sealed record StoreEvent(long Revision, ObjectKey Key, ReadOnlyMemory<byte>? Current, ReadOnlyMemory<byte>? Previous)
{
    private ObjectHeader? _current;
    private ObjectHeader? _previous;

    /// <summary>Of the document after it, read once for all watchers.</summary>
    public ObjectHeader? CurrentHeader => Current is { } document ? _current ??= ObjectHeader.Read(document) : null;

    /// <summary>Of the document before it, read once for all watchers.</summary>
    public ObjectHeader? PreviousHeader => Previous is { } document ? _previous ??= ObjectHeader.Read(document) : null;

    /// <summary>Units: bytes held by this event.</summary>
    public long SizeBytes => (Current?.Length ?? 0) + (Previous?.Length ?? 0) + 256;
}
