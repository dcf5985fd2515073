// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Objects;

/// <summary>Law: the list as of a revision is what the list was at that revision.</summary>
public abstract class SnapshotPropertyTests(TestEngine engine)
{
    [Fact]
    public void List_AsOfAnyRevision_IsTheStateOfThen()
    {
        // A step is a name and whether it is written or deleted.
        Gen<int[]> steps = Gen.Choose(0, 11).ArrayOf(30);
        Prop.ForAll(Arb.From(steps), history => Holds(history).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));
    }

    private async Task<bool> Holds(int[] history)
    {
        await using StoreFixture fixture = await StoreFixture.StartAsync(engine);
        var states = new Dictionary<long, string[]>();
        foreach (int step in history)
        {
            string name = $"o{step / 2}";
            long revision = fixture.Store.Get(StoreFixture.Key(name))?.Revision ?? 0;
            if (step % 2 == 0)
            {
                await fixture.PutAsync(name, revision);
            }
            else if (revision > 0)
            {
                await fixture.DeleteAsync(name, revision);
            }

            states[fixture.Store.CurrentRevision] = State(fixture, null, null);
        }

        return states.All(state => State(fixture, state.Key, null).SequenceEqual(state.Value))
            && states.All(state => State(fixture, state.Key, "o2").SequenceEqual(state.Value.Where(item => string.CompareOrdinal(item, "o2@~") > 0)));
    }

    private static string[] State(StoreFixture fixture, long? revision, string? after) =>
        [.. fixture.List("default", revision, after is null ? null : new ListPosition("default", after)).Select(item => $"{item.Key.Name}@{item.Revision}")];
}

public sealed class SqliteSnapshotPropertyTests() : SnapshotPropertyTests(new SqliteEngine());

public sealed class PostgresSnapshotPropertyTests(PostgresCluster cluster) : SnapshotPropertyTests(new PostgresEngine(cluster));
