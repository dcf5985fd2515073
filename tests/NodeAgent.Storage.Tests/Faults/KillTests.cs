// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Faults;

/// <summary>The process that writes is killed, again and again: two objects with each write, of up to some tens of KB.</summary>
public abstract class KillTests(TestEngine engine)
{
    private const int Rounds = 50;

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNoAcknowledgedWriteLeavesNoHalfOneAndReusesNoRevision()
    {
        using var directory = new TemporaryDirectory();
        var options = new StorageOptions { DataDirectory = directory.Path };
        await engine.PrepareAsync(options);
        var acknowledged = new Dictionary<string, long>();
        for (int round = 0; round < Rounds; round++)
        {
            long highest = acknowledged.Count == 0 ? 0 : acknowledged.Values.Max();
            int before = acknowledged.Count;
            await RunAndKillAsync(options, acknowledged, highest);
            Assert.True(acknowledged.Count > before, "a round without a write proves nothing");
        }

        Assert.Equal(acknowledged.Count, acknowledged.Values.Distinct().Count());
        using var metrics = new StorageMetrics();
        await using (IObjectStore store = (await StorageEngine.OpenAsync(options, metrics, TimeProvider.System, NullLogger.Instance, CancellationToken.None)).Store)
        {
            AssertStored(store, acknowledged);
        }

        await engine.ReleaseAsync(options);
    }

    private static void AssertStored(IObjectStore store, Dictionary<string, long> acknowledged)
    {
        using ListSnapshot snapshot = store.List(new ListRequest(Children.Resource, null));
        var stored = new Dictionary<string, long>();
        foreach (StoredObject item in snapshot.Objects)
        {
            stored.Add(item.Key.Name, item.Revision);
            Assert.True(Children.Document(item.Key).Render(item.Revision).AsSpan().SequenceEqual(item.Body.Span), $"{item.Key.Name} is not what was written");
        }

        Assert.All(acknowledged, write => Assert.Equal(write.Value, stored[write.Key]));
        Assert.All(stored.Keys, name => Assert.True(stored.ContainsKey(name[..^1] + (name[^1] == 'a' ? 'b' : 'a')), $"half of a write: {name}"));
        Assert.Equal(stored.Count, stored.Values.Distinct().Count());
        Assert.True(store.CurrentRevision >= stored.Values.Max());
    }

    private static async Task RunAndKillAsync(StorageOptions options, Dictionary<string, long> acknowledged, long highest)
    {
        using Process child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["child-write", options.DataDirectory, options.Database]) { RedirectStandardOutput = true })!;

        // Random in writes rather than in time: a loaded machine still kills in the middle of them.
        int until = Random.Shared.Next(1, 200);
        while (await child.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Take(line, acknowledged, highest) && --until == 0)
            {
                child.Kill();
            }
        }

        await child.WaitForExitAsync();
        Assert.Equal(137, child.ExitCode);
    }

    // Lines that the child wrote before it died are read to the end; half of one is no acknowledgement.
    private static bool Take(string line, Dictionary<string, long> acknowledged, long highest)
    {
        switch (line.Split(' '))
        {
            case ["start", string newest]:
                Assert.True(long.Parse(newest, CultureInfo.InvariantCulture) >= highest);
                return false;
            case ["ok", string name, string first, string second]:
                foreach ((ObjectKey key, string revision) in Children.Pair(name).Zip([first, second]))
                {
                    long number = long.Parse(revision, CultureInfo.InvariantCulture);
                    Assert.True(number > highest, $"revision {number} was used before");
                    acknowledged.Add(key.Name, number);
                }

                return true;
            default:
                Assert.Fail($"the child said '{line}'");
                return false;
        }
    }
}

public sealed class SqliteKillTests() : KillTests(new SqliteEngine());

public sealed class PostgresKillTests(PostgresCluster cluster) : KillTests(new PostgresEngine(cluster));
