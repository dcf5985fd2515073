// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Collection;

/// <summary>One of several replicas on a database does what one is enough for. An object of the store that nobody serves, written on conditions.</summary>
/// <remarks>
/// The holder writes it again and again. Whoever sees it unchanged for the term, by a clock of its own that only goes forward, takes it: clocks that differ do no harm.
/// It saves work and is no lock: what its holder does is conditional by itself. Threads: one.
/// </remarks>
internal sealed class StoreLease(IObjectStore store, string name, TimeSpan term, TimeProvider time)
{
    private readonly ObjectKey _key = new("leases.storage.node-agent.io", string.Empty, name);
    private readonly string _holder = Guid.NewGuid().ToString("N");
    private long _seenRevision = -1;
    private long _seenAt;

    /// <returns>True: this replica has it for now.</returns>
    /// <exception cref="StoreUnavailableException">The database cannot be asked.</exception>
    public async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        StoredObject? stored = store.Get(_key);
        bool isOurs = stored is not null && stored.Body.Span.IndexOf(Encoding.ASCII.GetBytes(_holder)) >= 0;
        if (stored is not null && !isOurs && !IsForsaken(stored.Revision))
        {
            return false;
        }

        ObjectTemplate lease = HiddenObject.Template(_key, $"\"holder\":\"{_holder}\"");
        WriteResult result = await store.WriteAsync(new WriteRequest(_key, stored?.Revision ?? 0, lease), cancellationToken);
        return result.Outcome == WriteOutcome.Done;
    }

    private bool IsForsaken(long revision)
    {
        if (revision != _seenRevision)
        {
            (_seenRevision, _seenAt) = (revision, time.GetTimestamp());
        }

        return time.GetElapsedTime(_seenAt) >= term;
    }
}
