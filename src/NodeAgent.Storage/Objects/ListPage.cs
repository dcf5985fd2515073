// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Objects;

/// <summary>What to list.</summary>
/// <param name="ObjectNamespace">Null: all of them.</param>
/// <param name="After">Objects up to and including this one are left out.</param>
/// <param name="Revision">The state as of this revision; null: the newest.</param>
/// <param name="Workload">Only those of it, as they were written with; asked of one namespace, newest state. Null: all.</param>
/// <param name="MetadataOnly">The caller reads nothing else: documents may end with their metadata, and cost as little.</param>
internal sealed record ListRequest(
    string Resource, string? ObjectNamespace, ListPosition? After = null, long? Revision = null, string? Workload = null, bool MetadataOnly = false);

/// <summary>A consistent state of one resource.</summary>
/// <param name="Revision">The revision that the items are of.</param>
/// <param name="Objects">In list order; read while enumerated, one enumeration at a time, before it is disposed of.</param>
internal sealed record ListSnapshot(long Revision, IEnumerable<StoredObject> Objects) : IDisposable
{
    /// <summary>The same objects with their metadata only, cheaper than <see cref="Objects"/>; null where they are not.</summary>
    public IEnumerable<StoredObject>? Heads { get; init; }

    public Action? Release { get; init; }

    public void Dispose() => Release?.Invoke();
}

/// <summary>The revision asked for is older than what the store remembers.</summary>
internal sealed class RevisionGoneException(long revision, long oldest)
    : Exception($"revision {revision} is gone, the oldest known is {oldest}")
{
    public long Revision { get; } = revision;

    public long Oldest { get; } = oldest;
}
