// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text.Json;
using NodeAgent.Benchmarks.Harness;
using NodeAgent.Benchmarks.Harness.Stores;

namespace NodeAgent.Benchmarks.Scenarios.Storage;

/// <summary>A fleet of 2,000 agents with 30 containers each, every container told of once in ten minutes, jittered. Run it for ten minutes: <c>STEADY=600</c>.</summary>
internal sealed class FleetCost(ScratchDirectory directory, BenchOptions options)
{
    private const int Agents = 2000;
    private const int Containers = 30;
    private const int PeriodSeconds = 600;
    private const int DeltaBytes = 20_000;

    public Task RunAsync(BenchTable table) => StoreEngine.EachAsync(table, engine => RunAsync(table, engine));

    private async Task RunAsync(BenchTable table, StoreEngine engine)
    {
        table.AddText("fleet: engine of what follows", engine.Name);
        await using StorageProcess storage = await engine.StartAsync(directory, "fleet").ConfigureAwait(false);
        HttpClient[] connections = [.. Enumerable.Range(0, 32).Select(_ => storage.CreateClient())];
        try
        {
            double perSecond = (double)Agents * Containers / PeriodSeconds;
            int reports = (int)(perSecond * options.Steady.TotalSeconds);
            var writes = new Latencies();
            long start = Stopwatch.GetTimestamp();
            double cpu = ProcStat.CpuSeconds(storage.Pid);
            double most = 0;
            var running = new List<Task>();
#pragma warning disable CA5394 // spreads load, guards nothing
            var random = new Random(1);
            for (int report = 0; report < reports; report++)
            {
                TimeSpan due = TimeSpan.FromSeconds((report + random.NextDouble()) / perSecond);
#pragma warning restore CA5394
                TimeSpan wait = due - Stopwatch.GetElapsedTime(start);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait).ConfigureAwait(false);
                }

                byte[] json = StoredProfiles.Deltas($"fleet-{report}", DeltaBytes).First();
                HttpClient connection = connections[report % connections.Length];
                running.Add(writes.TimeAsync(() => StorageClients.CreateAsync(connection, json)));
                most = report % 100 == 0 ? Math.Max(most, ProcStat.ResidentMegabytes(storage.Pid)) : most;
            }

            await Task.WhenAll(running).ConfigureAwait(false);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            table.Add($"fleet of {Agents:N0} agents with {Containers} containers, reports taken", writes.Count / seconds, "reports/s", least: perSecond * 0.99);
            table.Add("a report, p99", writes.At(0.99), "ms");
            table.Add("processor of the storage", 100 * (ProcStat.CpuSeconds(storage.Pid) - cpu) / seconds, "% of a core");
            table.Add("resident at most", Math.Max(most, ProcStat.ResidentMegabytes(storage.Pid)), "MB", most: 400);
            int there = await CountAsync(connections[0]).ConfigureAwait(false);
            table.Add("profiles that are there, of those that were acknowledged", 100.0 * there / reports, "%", least: 100);
        }
        finally
        {
            Array.ForEach(connections, connection => connection.Dispose());
        }
    }

    private static async Task<int> CountAsync(HttpClient client)
    {
        int count = 0;
        string next = string.Empty;
        do
        {
            using HttpRequestMessage request = StorageClients.Get($"?limit=5000{next}", StorageClients.MetadataList);
            using HttpResponseMessage answer = await client.SendAsync(request).ConfigureAwait(false);
            using JsonDocument page = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync().ConfigureAwait(false));
            count += page.RootElement.GetProperty("items").GetArrayLength();
            next = page.RootElement.GetProperty("metadata").TryGetProperty("continue", out JsonElement token) && token.GetString() is { Length: > 0 } text
                ? "&continue=" + Uri.EscapeDataString(text) : string.Empty;
        }
        while (next.Length > 0);
        return count;
    }
}
