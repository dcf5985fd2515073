// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;
using NodeAgent.TestSupport.Postgres;

namespace NodeAgent.StorageHost.Tests;

/// <summary>The agent's own informer follows the real program, over its ends and restarts.</summary>
public sealed class InformerTests : IDisposable
{
    private static readonly string Port = $"127.0.0.1:{Random.Shared.Next(20_000, 32_000)}";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reflector_WatchesThatEndAndAServerThatRestarts_SeesEveryChange(bool onPostgres)
    {
        await using PostgresServer? postgres = onPostgres ? await PostgresAsync() : null;
        string[] arguments = ["--listen", Port, .. postgres is null ? (string[])[] : ["--database", postgres.Address("postgres")]];
        StorageProcess storage = await StorageProcess.StartAsync(_scratch.Path, arguments);
        var sink = new Names();
        using var stop = new CancellationTokenSource();
        using var client = new Kubernetes.Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(Path.Combine(_scratch.Path, "kubeconfig")));
        var options = new ReflectorOptions { WatchSeconds = 1, PageSize = 2, FirstPause = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromMilliseconds(200) };
        var reflector = new Reflector<V1PartialObjectMetadata>(
            client, ApiResources.Metadata("spdx.softwarecomposition.kubescape.io", "v1beta1", "containerprofiles"), options, sink, NullLogger.Instance, TimeProvider.System);
        for (int i = 0; i < 5; i++)
        {
            await storage.CreateAsync($"listed-{i}");
        }

        Task running = Task.Run(() => reflector.RunAsync(stop.Token), CancellationToken.None);
        try
        {
            await SeesAsync(sink, 5);

            // Each watch lasts a second or two: the next goes on at the last bookmark, without a list.
            // A list is counted when it is complete: behind its last object.
            await StorageProcess.UntilAsync(() => reflector.Counters.Lists > 0, () => "the list to be counted");
            long lists = reflector.Counters.Lists;
            for (int i = 0; i < 10; i++)
            {
                await storage.CreateAsync($"watched-{i}");
                long watches = reflector.Counters.Watches;
                await StorageProcess.UntilAsync(() => reflector.Counters.Watches > watches || i % 3 > 0, () => "another watch");
            }

            await SeesAsync(sink, 15);
            Assert.Equal(lists, reflector.Counters.Lists);
            await storage.StopAsync();
            await storage.DisposeAsync();
            storage = await StorageProcess.StartAsync(_scratch.Path, arguments);
            using HttpClient direct = storage.Client();
            using HttpResponseMessage gone = await direct.DeleteAsync($"{StorageProcess.Collection}/listed-0");
            Assert.Equal(HttpStatusCode.OK, gone.StatusCode);
            await storage.CreateAsync("after");
            await StorageProcess.UntilAsync(() => sink.All.ContainsKey("after") && !sink.All.ContainsKey("listed-0"), () => $"the changes after the restart: {string.Join(' ', sink.All.Keys)}");
            Assert.Equal(15, sink.All.Count);
        }
        finally
        {
            await stop.CancelAsync();
            await running;
            await storage.DisposeAsync();
        }
    }

    private static Task SeesAsync(Names sink, int count) => StorageProcess.UntilAsync(() => sink.All.Count == count, () => $"{count} objects, there are {string.Join(' ', sink.All.Keys)}");

    private static Task<PostgresServer> PostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? string.Empty);
        return PostgresServer.StartAsync("-c", "fsync=off");
    }

    private sealed class Names : IResourceSink<V1PartialObjectMetadata>
    {
        private HashSet<string> _listed = [];

        public ConcurrentDictionary<string, bool> All { get; } = [];

        public void BeginList() => _listed = [];

        public void Put(V1PartialObjectMetadata item)
        {
            _listed.Add(item.Metadata!.Name!);
            All[item.Metadata!.Name!] = true;
        }

        public void Remove(V1PartialObjectMetadata item) => All.TryRemove(item.Metadata!.Name!, out _);

        public void EndList()
        {
            foreach (string name in All.Keys.Where(name => !_listed.Contains(name)))
            {
                All.TryRemove(name, out _);
            }
        }
    }
}
