// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text;
using NodeAgent.Api.Names;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Benchmarks.Scenarios;

/// <summary>What it costs to hold what containers do: memory of a huge one and of many, and taking in a delta.</summary>
internal static class ProfileCost
{
    private const int Opens = 20_000;
    private const int Execs = 5_000;
    private const int Flows = 10_000;
    private const int Deltas = 30;
    private const int Containers = 300;
    private const int Rounds = 9;

    public static Task RunAsync(BenchTable table)
    {
        (LearnedBehavior huge, double bytes) = Held(() => Learn(new LearnedBehavior(new ProfileBounds()), 0, Opens, Execs, Flows));
        Require(huge.Overflow == 0 && huge.Opens.Count == Opens && huge.Execs.Count == Execs && huge.Endpoints.Count == Flows, "something was generalised");
        table.Add($"{Opens:N0} opens, {Execs:N0} programs, {Flows:N0} peers of one container", bytes / 1e6, "MB", most: 4);
        Merge(table, huge);
        Require(huge.Overflow == 0, "a delta was over the bounds");
        GC.KeepAlive(huge);

        (LearnedProfile[] many, double all) = Held(() => Enumerable.Range(0, Containers).Select(Typical).ToArray());
        table.Add($"{Containers} learning containers", all / 1e6, "MB", most: 60);
        GC.KeepAlive(many);
        LookUp(table);
        return Task.CompletedTask;
    }

    private static void Merge(BenchTable table, LearnedBehavior huge)
    {
        var times = new double[Deltas];
        for (int i = -1; i < Deltas; i++)
        {
            BehaviorSnapshot delta = Learn(new LearnedBehavior(new ProfileBounds()), 1_000_000 + (i * 1000), 60, 20, 20).Capture();
            long start = Stopwatch.GetTimestamp();
            huge.Unite(delta);
            times[Math.Max(i, 0)] = Stopwatch.GetElapsedTime(start).TotalMilliseconds; // the first one compiles
        }

        Array.Sort(times);
        table.Add("a delta of 100 entries into it, median", times[Deltas / 2], "ms", most: 5);
        table.Add("the same, slowest", times[^1], "ms");
        long begin = Stopwatch.GetTimestamp();
        BehaviorSnapshot captured = huge.Capture();
        table.Add("copying all of it for another thread", Stopwatch.GetElapsedTime(begin).TotalMilliseconds, "ms");
        begin = Stopwatch.GetTimestamp();
        GC.KeepAlive(ContainerProfileBuilder.Spec(new CapturedProfile(Identity(0), ProfileStatus.Ready, true, 0, PartialReasons.None, PartialReasons.None, captured)));
        table.Add("making its profile, there", Stopwatch.GetElapsedTime(begin).TotalMilliseconds, "ms");
    }

    // What an event that tells nothing new costs here, beside the dictionary that one would take; both in turn.
    private static void LookUp(BenchTable table)
    {
        const int Known = 400;
        const int Turns = 2000;
        byte[][] paths = [.. Enumerable.Range(0, Known).Select(PathOf)];
        var set = new LearnedBehavior(new ProfileBounds()).Opens;
        var dictionary = new Dictionary<byte[], uint>(BytesComparer.Instance);
        Dictionary<byte[], uint>.AlternateLookup<ReadOnlySpan<byte>> lookup = dictionary.GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (byte[] path in paths)
        {
            set.Add(path, 1);
            dictionary[path] = 1;
        }

        (double ours, double theirs, long allocated, uint found) = (double.PositiveInfinity, double.PositiveInfinity, long.MaxValue, 0);
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            ours = Math.Min(ours, Time(() =>
            {
                foreach (byte[] path in paths)
                {
                    found += set.Add(path, 1) ? 1u : 0;
                }
            }));
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            theirs = Math.Min(theirs, Time(() =>
            {
                foreach (byte[] path in paths)
                {
                    found += lookup.TryGetValue(path, out uint mask) && mask != 1 ? 1u : 0;
                }
            }));
        }

        Require(found == 0, "a known path was new");
        table.AddAgainst("finding a known path, against a dictionary", ours, theirs, "ns");
        table.Add("finding a known path, allocated", allocated / (Turns * Known), "B", most: 0);

        static double Time(Action turn)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Turns; i++)
            {
                turn();
            }

            return Stopwatch.GetElapsedTime(start).TotalNanoseconds / Turns / Known;
        }
    }

    private static LearnedProfile Typical(int number)
    {
        var profile = new LearnedProfile(Identity(number), new ProfileBounds());
        Learn(profile.Behavior, number * 500, 400, 30, 30);
        for (uint call = 0; call < 80; call++)
        {
            profile.Behavior.Syscalls.Add(call * 3);
        }

        return profile;
    }

    private static LearnedBehavior Learn(LearnedBehavior behavior, int first, int opens, int execs, int flows)
    {
        for (int i = first; i < first + opens; i++)
        {
            behavior.Opens.Add(PathOf(i), 1u << (i % 3));
        }

        for (int i = first; i < first + execs; i++)
        {
            behavior.Execs.Add(
                Encoding.UTF8.GetBytes($"/usr/lib/application/bin/tool-{i}"), Encoding.UTF8.GetBytes($"tool-{i}\0--config\0/etc/application/config.yaml\0"), any: false,
                i % 10 == 0 ? "LD_LIBRARY_PATH=/usr/lib/application\0"u8 : default);
        }

        for (int i = first; i < first + flows; i++)
        {
            var address = new NetAddress((UInt128)(uint)((100 << 24) + i), false);
            behavior.Endpoints.Add(i % 2 == 0, address, (ushort)(1 + (i % 7)), TransportProtocol.Tcp, i % 3 == 0 ? $"host-{i}.example.com." : null);
        }

        return behavior;
    }

    private static byte[] PathOf(int i) => Encoding.UTF8.GetBytes($"/usr/share/application/module-{i / 40}/resources/item-{i}.properties");

    private static ProfileIdentity Identity(int number) => ProfileIdentity.From(new InstanceId
    {
        ApiVersion = "apps/v1",
        Namespace = "shop",
        Kind = "ReplicaSet",
        Name = string.Create(CultureInfo.InvariantCulture, $"web-{number}"),
        ContainerName = "main",
    });

    // What stays of it, when everything that was needed to make it is gone.
    private static (T Held, double Bytes) Held<T>(Func<T> make)
    {
        GC.KeepAlive(make()); // compiles
        double before = Live();
        T held = make();
        return (held, Live() - before);
    }

    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidOperationException(problem);
        }
    }
}
