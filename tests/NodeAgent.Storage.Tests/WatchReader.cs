// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;

namespace NodeAgent.Storage.Tests;

/// <summary>Reads a watch while it runs; open when the server has said so.</summary>
internal sealed class WatchReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private WatchReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _reader = new StreamReader(stream);
    }

    public static async Task<WatchReader> OpenAsync(ServerFixture fixture, string path)
    {
        HttpResponseMessage response = await fixture.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        return new WatchReader(response, await response.Content.ReadAsStreamAsync());
    }

    public async Task<JsonNode?> ReadAsync(Predicate<JsonNode> wanted)
    {
        while (await _reader.ReadLineAsync() is { } line)
        {
            JsonNode item = JsonNode.Parse(line)!;
            if (wanted(item))
            {
                return item;
            }
        }

        return null;
    }

    public async Task<List<JsonNode>> ReadToEndAsync()
    {
        var items = new List<JsonNode>();
        await ReadAsync(item =>
        {
            items.Add(item);
            return false;
        });
        return items;
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
