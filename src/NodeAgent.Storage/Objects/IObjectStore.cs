// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Objects;

/// <summary>Port: a durable map of JSON documents with one global, strictly increasing revision, and the changes to it in order.</summary>
/// <remarks>
/// Threads: all members from any thread. A write that was acknowledged survives the end of the process and of the machine.
/// Errors: <see cref="StoreUnavailableException"/> when the engine cannot read or write now; nothing was changed then.
/// </remarks>
internal interface IObjectStore : IAsyncDisposable
{
    /// <summary>The newest committed revision.</summary>
    long CurrentRevision { get; }

    ChangeLog Events { get; }

    /// <summary>
    /// The newest committed revision that can be told without doubt: where several processes write to one database and
    /// <paramref name="revision"/> is not known here yet, the database is asked first.
    /// </summary>
    long Reach(long revision) => CurrentRevision;

    /// <summary>Null when writes are possible, else why not.</summary>
    string? ReadOnlyReason { get; }

    StoredObject? Get(ObjectKey key);

    /// <exception cref="RevisionGoneException">The revision asked for is forgotten.</exception>
    ListSnapshot List(ListRequest request);

    /// <summary>Units: objects per (resource, namespace).</summary>
    IReadOnlyList<(string Resource, string ObjectNamespace, long Count)> Count();

    /// <summary>Changes several objects in one transaction. No key may occur twice.</summary>
    /// <returns>
    /// One result for each request. When one is a conflict nothing was changed, and <see cref="WriteOutcome.Done"/> says only that this one did not stand in the way.
    /// </returns>
    Task<IReadOnlyList<WriteResult>> WriteAsync(IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken);
}

internal static class ObjectStoreExtensions
{
    public static async Task<WriteResult> WriteAsync(this IObjectStore store, WriteRequest request, CancellationToken cancellationToken) =>
        (await store.WriteAsync([request], cancellationToken))[0];
}

/// <summary>The engine cannot do it now (disk full, read-only, locked, damaged); reads may still work.</summary>
public class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
