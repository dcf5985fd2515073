// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Tests.Postgres;

/// <summary>Follows a store's changes from a revision on, as one client does that never has to list anew.</summary>
internal sealed class Watcher : IDisposable
{
    private readonly WatchSubscription _subscription;
    private readonly List<StoreEvent> _seen = [];

    public Watcher(IObjectStore store, long revision)
    {
        _subscription = store.Events.Subscribe(StoreFixture.Resource, null, revision, 1_000_000);
        _seen.AddRange(_subscription.Missed);
    }

    /// <summary>What was seen when a revision is reached.</summary>
    public async Task<IReadOnlyList<StoreEvent>> UpToAsync(long revision)
    {
        await Wait.UntilAsync(
            () =>
            {
                while (_subscription.Live.TryRead(out StoreEvent? change))
                {
                    _seen.Add(change);
                }

                return _subscription.Overflowed || (_seen.Count > 0 && _seen[^1].Revision >= revision);
            },
            TimeSpan.FromSeconds(60),
            $"the event of revision {revision}");
        Assert.False(_subscription.Overflowed, "the watch was ended");
        Assert.Equal(_seen.Select(change => change.Revision).Order().Distinct(), _seen.Select(change => change.Revision));
        return _seen;
    }

    public void Dispose() => _subscription.Dispose();
}
