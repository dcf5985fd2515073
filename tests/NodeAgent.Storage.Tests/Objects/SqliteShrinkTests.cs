// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Objects;

/// <summary>What deletions free goes back to the file system while the storage runs.</summary>
public sealed class SqliteShrinkTests
{
    private const int Objects = 200;

    [Fact]
    public async Task Delete_OfMuch_ShrinksTheFileWithTheWritesThatFollow()
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(new SqliteEngine());
        string path = Path.Combine(fixture.Options.DataDirectory, "storage.db");
        var revisions = new List<long>();
        for (int i = 0; i < Objects; i++)
        {
            revisions.Add((await fixture.PutAsync($"o{i}", 0, new string('x', 100_000))).Stored!.Revision);
        }

        for (int i = 0; i < Objects; i++)
        {
            Assert.Equal(WriteOutcome.Done, (await fixture.DeleteAsync($"o{i}", revisions[i])).Outcome);
        }

        // Small writes; the log is written into the file now and then.
        for (int i = 0; i < 3000; i++)
        {
            await fixture.PutAsync($"small{i}", 0);
        }

        Assert.InRange(new FileInfo(path).Length, 1, (long)Objects * 100_000 / 4);
    }
}
