// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Collection;

/// <summary>Which revisions are older than an age: from time to time the newest one is noted, in an object of the store that nobody serves.</summary>
/// <remarks>
/// Counts time that the storage ran, by a clock that only goes forward: neither a clock that is set nor a machine that was off makes anything older. Threads: one.
/// </remarks>
internal sealed class AgeMarks(IObjectStore store, TimeProvider time)
{
    private static readonly ObjectKey Key = new("agemarks.storage.node-agent.io", string.Empty, "marks");

    private readonly long _started = time.GetTimestamp();
    private double? _ranBefore;

    /// <summary>Notes the newest revision.</summary>
    /// <returns>The newest revision that is at least as old as <paramref name="age"/>; 0: none.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be asked.</exception>
    public async Task<long> NoteAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        StoredObject? stored = store.Get(Key);
        List<(double Ran, long Revision)> marks = Read(stored);
        _ranBefore ??= marks.Count == 0 ? 0 : marks[^1].Ran;
        double now = _ranBefore.Value + time.GetElapsedTime(_started).TotalSeconds;
        (double Ran, long Revision) old = marks.LastOrDefault(mark => mark.Ran <= now - age.TotalSeconds);

        // Of what is older than the age, the newest mark says all.
        marks.RemoveAll(mark => mark.Ran < old.Ran);
        marks.Add((now, store.CurrentRevision));
        await store.WriteAsync(new WriteRequest(Key, stored?.Revision ?? 0, Write(marks)), cancellationToken);
        return old.Revision;
    }

    private static List<(double Ran, long Revision)> Read(StoredObject? stored) => stored is null
        ? []
        : [.. JsonNode.Parse(stored.Body.Span)!["marks"]!.AsArray().Select(mark => ((double)mark!["ran"]!, (long)mark["revision"]!))];

    private static ObjectTemplate Write(IEnumerable<(double Ran, long Revision)> marks)
    {
        var list = new JsonArray([.. marks.Select(mark => (JsonNode)new JsonObject { ["ran"] = mark.Ran, ["revision"] = mark.Revision })]);
        return HiddenObject.Template(Key, $"\"marks\":{list.ToJsonString()}");
    }
}
