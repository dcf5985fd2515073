// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Objects;

/// <summary>One conditional change of one object.</summary>
/// <param name="ExpectedRevision">What must be stored now; 0: nothing may be there.</param>
/// <param name="Template">The new document; null deletes.</param>
/// <param name="Known">What the caller read at that revision, so that it need not be read again; null: nothing.</param>
internal sealed record WriteRequest(ObjectKey Key, long ExpectedRevision, ObjectTemplate? Template, StoredObject? Known = null)
{
    /// <summary>What an engine makes of the template before the write's turn comes; null: nothing.</summary>
    public object? Prepared { get; init; }
}

internal enum WriteOutcome
{
    Done,

    /// <summary>Something else is stored than expected; nothing was changed.</summary>
    Conflict,
}

/// <summary>What became of a write.</summary>
/// <param name="Stored">Done: the new object, or the deleted one with the revision of its deletion. Conflict: what is stored, null when nothing.</param>
internal readonly record struct WriteResult(WriteOutcome Outcome, StoredObject? Stored);
