// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Objects;

/// <summary>What conditional writes are tried against and carried out on, inside one transaction.</summary>
internal interface IWriteTarget
{
    /// <param name="known">What it may still be; null: nobody knows.</param>
    StoredObject? Get(ObjectKey key, StoredObject? known);

    /// <param name="request">Whose template became <paramref name="body"/>.</param>
    void Put(WriteRequest request, long revision, byte[] body);

    void Delete(ObjectKey key, long revision);
}

/// <summary>The writes of one transaction: conditions asked, revisions given, events made.</summary>
/// <param name="revision">The newest one before them.</param>
internal sealed class ConditionalWrites(IWriteTarget target, long revision)
{
    /// <summary>The newest revision given.</summary>
    public long Revision { get; private set; } = revision;

    public List<StoreEvent> Events { get; } = [];

    /// <returns>One result for each request: all are done, or none is and those that stood in the way say so.</returns>
    public WriteResult[] Apply(IReadOnlyList<WriteRequest> requests)
    {
        StoredObject?[] stored = [.. requests.Select(request => target.Get(request.Key, request.Known))];
        WriteResult[] results = [.. requests.Zip(stored, (request, found) => new WriteResult(
            (found?.Revision ?? 0) == request.ExpectedRevision ? WriteOutcome.Done : WriteOutcome.Conflict, found))];
        if (Array.Exists(results, result => result.Outcome == WriteOutcome.Conflict))
        {
            return results;
        }

        for (int i = 0; i < results.Length; i++)
        {
            results[i] = Apply(requests[i], stored[i]);
        }

        return results;
    }

    private WriteResult Apply(WriteRequest request, StoredObject? stored)
    {
        long revision = ++Revision;
        if (request.Template is not { } template)
        {
            target.Delete(request.Key, revision);
            Events.Add(new StoreEvent(revision, request.Key, null, stored!.Body));
            return new WriteResult(WriteOutcome.Done, stored with { Revision = revision });
        }

        byte[] body = template.Render(revision);
        target.Put(request, revision, body);
        Events.Add(new StoreEvent(revision, request.Key, body, stored?.Body));
        return new WriteResult(WriteOutcome.Done, new StoredObject(request.Key, revision, body));
    }
}
