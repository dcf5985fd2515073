// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage.Tests.Faults;

public sealed class KillTests
{
    private const int Rounds = 10;

    [Fact]
    public async Task Kill_AtRandomMoments_LosesNoAcknowledgedWriteAndReusesNoRevision()
    {
        using var directory = new TemporaryDirectory();
        var acknowledged = new Dictionary<string, long>();
        for (int round = 0; round < Rounds; round++)
        {
            long highest = acknowledged.Count == 0 ? 0 : acknowledged.Values.Max();
            int before = acknowledged.Count;
            await RunAndKillAsync(directory.Path, acknowledged, highest);
            Assert.True(acknowledged.Count > before, "a round without a write proves nothing");
        }

        Assert.Equal(acknowledged.Count, acknowledged.Values.Distinct().Count());
        using var metrics = new StorageMetrics();
        await using SqliteObjectStore store =
            SqliteObjectStore.Open(new StorageOptions { DataDirectory = directory.Path }, metrics, TimeProvider.System, NullLogger.Instance);
        using ListSnapshot snapshot = store.List(new ListRequest(Children.Resource, null));
        Dictionary<string, long> stored = snapshot.Objects.ToDictionary(item => item.Key.Name, item => item.Revision);
        Assert.All(acknowledged, write => Assert.Equal(write.Value, stored[write.Key]));
        Assert.Equal(stored.Count, stored.Values.Distinct().Count());
        Assert.True(store.CurrentRevision >= stored.Values.Max());
    }

    private static async Task RunAndKillAsync(string directory, Dictionary<string, long> acknowledged, long highest)
    {
        using Process child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["child-write", directory]) { RedirectStandardOutput = true })!;

        // Random in writes rather than in time: a loaded machine still kills in the middle of them.
        int until = Random.Shared.Next(1, 400);
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
            case ["start", string revision]:
                Assert.True(long.Parse(revision, CultureInfo.InvariantCulture) >= highest);
                return false;
            case ["ok", string name, string revision]:
                long number = long.Parse(revision, CultureInfo.InvariantCulture);
                Assert.True(number > highest, $"revision {number} was used before");
                acknowledged.Add(name, number);
                return true;
            default:
                Assert.Fail($"the child said '{line}'");
                return false;
        }
    }
}
