// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Tests.Postgres;

/// <summary>Writers that create one object after the other, and what they were told about each.</summary>
internal sealed class WriteLoad
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Task _writers;
    private volatile bool _stop;

    public WriteLoad(IObjectStore store, int writers, string prefix = "")
    {
        _writers = Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => RunAsync(store, $"{prefix}w{writer}"))));
    }

    /// <summary>By name: the revision that was acknowledged.</summary>
    public ConcurrentDictionary<string, long> Acknowledged { get; } = [];

    /// <summary>Names of which was said that they are not written.</summary>
    public ConcurrentBag<string> Refused { get; } = [];

    /// <summary>Names of which was said that it is not known.</summary>
    public ConcurrentBag<string> Unknown { get; } = [];

    /// <summary>Waits until more are acknowledged.</summary>
    public Task MoreAsync(int count)
    {
        int target = Acknowledged.Count + count;
        return Wait.UntilAsync(() => Acknowledged.Count >= target || _writers.IsCompleted, Patience, $"{count} more acknowledged writes");
    }

    public Task StopAsync()
    {
        _stop = true;
        return _writers.WaitAsync(Patience);
    }

    /// <summary>What was told is what is there.</summary>
    public void AssertTold(IReadOnlyList<StoredObject> objects)
    {
        Dictionary<string, long> stored = objects.ToDictionary(item => item.Key.Name, item => item.Revision);
        Assert.All(Acknowledged, write => Assert.Equal(write.Value, stored.GetValueOrDefault(write.Key)));
        Assert.All(Refused, name => Assert.DoesNotContain(name, stored.Keys));
        Assert.Empty(stored.Keys.Except(Acknowledged.Keys).Except(Unknown));
        Assert.Equal(stored.Count, stored.Values.Distinct().Count());
    }

    private async Task RunAsync(IObjectStore store, string name)
    {
        for (int i = 0; !_stop; i++)
        {
            string key = $"{name}-{i}";
            try
            {
                WriteResult result = await StoreFixture.PutAsync(store, key, 0, new string('c', 3000));
                Assert.Equal(WriteOutcome.Done, result.Outcome);
                Acknowledged[key] = result.Stored!.Revision;
            }
            catch (StoreUnavailableException error)
            {
                (error.Message.Contains("not known", StringComparison.Ordinal) ? Unknown : Refused).Add(key);
                await Task.Delay(5);
            }
        }
    }
}
