// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json;
using NodeAgent.Benchmarks.Harness.Stores;

namespace NodeAgent.Benchmarks.Scenarios.Storage;

/// <summary>Many watches of all profiles' metadata; tells of each event as it arrives.</summary>
internal sealed class Watchers : IAsyncDisposable
{
    private const int PerConnection = 100;
    private const string MetadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

    private readonly List<HttpClient> _clients = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Action<string> _met;
    private readonly List<Task> _running = [];
    private long _events;

    private Watchers(Action<string> met) => _met = met;

    /// <summary>Events that arrived, at all of them.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <param name="met">The name of the object; called by each watcher for each event.</param>
    public static async Task<Watchers> StartAsync(StorageProcess storage, int count, Action<string> met)
    {
        var watchers = new Watchers(met);
        string from = await RevisionAsync(storage).ConfigureAwait(false);
        for (int i = 0; i < count; i++)
        {
            if (i % PerConnection == 0)
            {
                watchers._clients.Add(storage.CreateClient());
            }

            using HttpRequestMessage request = StorageClients.Get("?watch=true&resourceVersion=" + from, MetadataOnly);
            HttpResponseMessage answer = await watchers._clients[^1].SendAsync(request, HttpCompletionOption.ResponseHeadersRead).ConfigureAwait(false);
            answer.EnsureSuccessStatusCode();
            watchers._running.Add(Task.Run(() => watchers.FollowAsync(answer)));
        }

        return watchers;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_running).ConfigureAwait(false);
        _clients.ForEach(client => client.Dispose());
        _stop.Dispose();
    }

    // What is there already is nobody's change.
    private static async Task<string> RevisionAsync(StorageProcess storage)
    {
        using HttpClient client = storage.CreateClient();
        using JsonDocument list = JsonDocument.Parse(await client.GetStringAsync(new Uri(StoredProfiles.Collection + "?limit=1", UriKind.Relative)).ConfigureAwait(false));
        return list.RootElement.GetProperty("metadata").GetProperty("resourceVersion").GetString()!;
    }

    private async Task FollowAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            try
            {
                using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(_stop.Token).ConfigureAwait(false), Encoding.UTF8, false, 16 << 10);
                while (await lines.ReadLineAsync(_stop.Token).ConfigureAwait(false) is { } line)
                {
                    const string Field = "\"name\":\"";
                    int at = line.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
                    Interlocked.Increment(ref _events);
                    _met(line[at..line.IndexOf('"', at)]);
                }
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException && _stop.IsCancellationRequested)
            {
                // Stopped.
            }
        }
    }
}
