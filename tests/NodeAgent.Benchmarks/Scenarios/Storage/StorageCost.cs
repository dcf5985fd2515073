// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Harness.Stores;

namespace NodeAgent.Benchmarks.Scenarios.Storage;

/// <summary>The storage under clients, over TLS and with each write on disk before it is acknowledged, beside etcd on the same disk.</summary>
internal sealed class StorageCost(ScratchDirectory directory)
{
    private const int Clients = 64;
    private const int DeltaBytes = 20_000;
    private const int DeltasOfAContainer = 4; // before it is completed
    private const int Objects = 10_000;
    private const int ListedBytes = 11_000;
    private const int SmallBytes = 2_000;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);

    public async Task RunAsync(BenchTable table)
    {
        double etcd = await EtcdAsync().ConfigureAwait(false);
        await StoreEngine.EachAsync(table, engine => RunAsync(table, engine, etcd)).ConfigureAwait(false);
    }

    private async Task RunAsync(BenchTable table, StoreEngine engine, double etcd)
    {
        table.AddText("storage: engine of what follows", engine.Name);
        await using StorageProcess storage = await engine.StartAsync(directory, "storage").ConfigureAwait(false);
        HttpClient[] connections = [.. Enumerable.Range(0, 8).Select(_ => storage.CreateClient())];
        try
        {
            string unit = "writes/s";
            double plain = await PlainAsync(connections).ConfigureAwait(false);
            table.AddShare($"objects of {DeltaBytes / 1000} KB, {Clients} clients; without: etcd", plain, etcd, unit, plain / etcd, 2, judged: false);
            double deltas = await DeltasAsync(connections).ConfigureAwait(false);
            table.AddShare($"deltas of {DeltaBytes / 1000} KB, united in three objects each; without: etcd", deltas, etcd, unit, deltas / etcd, 2, judged: true);
            table.Add("resident after them", ProcStat.ResidentMegabytes(storage.Pid), "MB", most: 400);
            await FillAsync(connections).ConfigureAwait(false);
            await ReadAsync(table, storage, connections[0]).ConfigureAwait(false);
            await BusyAsync(table, storage, connections).ConfigureAwait(false);
            await FanOutAsync(table, storage, connections[0]).ConfigureAwait(false);
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    private async Task<double> EtcdAsync()
    {
        await using EtcdServer etcd = await EtcdServer.StartAsync(directory.File("etcd")).ConfigureAwait(false);
        HttpClient[] connections = [.. Enumerable.Range(0, 8).Select(_ => etcd.CreateClient())];
        byte[] value = StoredProfiles.Plain("value", DeltaBytes);
        int next = 0;
        try
        {
            return await StorageClients.RateAsync(
                Clients, Duration, client => EtcdServer.PutAsync(connections[client % 8], Name("key", Interlocked.Increment(ref next)), value)).ConfigureAwait(false);
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    private static Task<double> PlainAsync(HttpClient[] connections)
    {
        int next = 0;
        return StorageClients.RateAsync(
            Clients, Duration, client => StorageClients.CreateAsync(connections[client % 8], StoredProfiles.Plain(Name("plain", Interlocked.Increment(ref next)), DeltaBytes)));
    }

    // Made before: what an agent's processor does is not the storage's.
    private static async Task<double> DeltasAsync(HttpClient[] connections)
    {
        const int Containers = 16;
        byte[][][] deltas = [.. Enumerable.Range(0, Clients).Select(client => (byte[][])
            [.. Enumerable.Range(0, Containers).SelectMany(container => StoredProfiles.Deltas($"w{client}-{container}", DeltaBytes).Take(DeltasOfAContainer))])];
        int[] next = new int[Clients];
        long start = Stopwatch.GetTimestamp();
        int[] counts = await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < Duration && next[client] < deltas[client].Length)
            {
                await StorageClients.CreateAsync(connections[client % 8], deltas[client][next[client]++]).ConfigureAwait(false);
            }

            return next[client];
        }))).ConfigureAwait(false);
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    // First in every list, so that lists do not depend on how much was written before.
    private static async Task FillAsync(HttpClient[] connections)
    {
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number <= Objects)
            {
                await StorageClients.CreateAsync(connections[client % 8], StoredProfiles.Plain(Name("a-listed", number), ListedBytes)).ConfigureAwait(false);
            }
        }))).ConfigureAwait(false);
    }

    private static async Task ReadAsync(BenchTable table, StorageProcess storage, HttpClient client)
    {
        var gets = new Latencies();
        for (int i = 1; i <= 2000; i++)
        {
            await gets.TimeAsync(() => client.GetByteArrayAsync(new Uri($"{StoredProfiles.Collection}/{Name("plain", 1 + (i % 200))}", UriKind.Relative))).ConfigureAwait(false);
        }

        table.Add("get, p50", gets.At(0.5), "ms", most: 1);
        table.Add("get, p99", gets.At(0.99), "ms");
        double before = ProcStat.ResidentMegabytes(storage.Pid);
        var lists = new Latencies();
        double most = before;
        for (int i = 0; i < 5; i++)
        {
            await lists.TimeAsync(() => StorageClients.ListAsync(client, $"?limit={Objects}", StorageClients.MetadataList)).ConfigureAwait(false);
            most = Math.Max(most, ProcStat.ResidentMegabytes(storage.Pid));
        }

        table.Add($"list of the metadata of {Objects:N0} objects of {ListedBytes / 1000} KB", lists.At(0), "ms", most: 200);
        table.Add("it adds to the resident memory", most - before, "MB");
    }

    // Lists without end and a hundred watchers beside the writers.
    private static async Task BusyAsync(BenchTable table, StorageProcess storage, HttpClient[] connections)
    {
        await using Watchers watchers = await Watchers.StartAsync(storage, 100, static _ => { }).ConfigureAwait(false);
        using var stop = new CancellationTokenSource();
        using HttpClient reader = storage.CreateClient();
        int listed = 0;
        Task listing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await StorageClients.ListAsync(reader, $"?limit={Objects}", "application/json").ConfigureAwait(false);
                listed++;
            }
        });
        var writes = new Latencies();
        int next = 0;
        double rate = await StorageClients.RateAsync(8, Duration, async client =>
        {
            await writes.TimeAsync(() => StorageClients.CreateAsync(connections[client], StoredProfiles.Plain(Name("busy", Interlocked.Increment(ref next)), DeltaBytes))).ConfigureAwait(false);
            await Task.Delay(80).ConfigureAwait(false);
        }).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await listing.ConfigureAwait(false);
        table.Add(string.Create(CultureInfo.InvariantCulture, $"write, p99, at {rate:0}/s beside {listed} lists of {Objects:N0} objects of {ListedBytes / 1000} KB and 100 watchers"), writes.At(0.99), "ms", most: 50);
    }

    private static async Task FanOutAsync(BenchTable table, StorageProcess storage, HttpClient client)
    {
        const int Count = 1000;
        const int PerSecond = 200;
        var written = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        var delays = new Latencies();
        await using Watchers watchers = await Watchers.StartAsync(storage, Count, name =>
        {
            if (written.TryGetValue(name, out long at))
            {
                delays.Add(Stopwatch.GetElapsedTime(at));
            }
        }).ConfigureAwait(false);
        long before = watchers.Events;
        int changes = PerSecond * (int)Duration.TotalSeconds;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        var writes = new List<Task>();
        for (int i = 0; i < changes && await timer.WaitForNextTickAsync().ConfigureAwait(false); i++)
        {
            string name = Name("fan", i);
            byte[] json = StoredProfiles.Plain(name, SmallBytes);
            written[name] = Stopwatch.GetTimestamp();
            writes.Add(StorageClients.CreateAsync(client, json));
        }

        await Task.WhenAll(writes).ConfigureAwait(false);
        await Wait.WhileGrowsAsync(() => watchers.Events, before + ((long)Count * changes), TimeSpan.FromMinutes(2)).ConfigureAwait(false);
        table.Add($"{Count:N0} watchers at {PerSecond} changes a second, from the write until it is read, p99", delays.At(0.99), "ms", most: 300);
        table.Add("events that arrived there, of those that should", 100.0 * (watchers.Events - before) / ((long)Count * changes), "%", least: 100);
    }

    private static string Name(string prefix, int number) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{number:000000}");
}
