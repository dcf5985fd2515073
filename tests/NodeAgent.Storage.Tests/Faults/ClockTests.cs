// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace NodeAgent.Storage.Tests.Faults;

/// <summary>The machine's clock is set back while the storage runs, and is so when it starts again.</summary>
public sealed class ClockTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Clock_SetBackByADay_RevisionsGoOnWatchesGoOnAndItStartsAgain()
    {
        long last;
        await using (StorageServer server = await StartAsync())
        {
            using HttpClient client = server.CreateClient();
            long first = await CreateAsync(client, "before");
            string token = (string)(await ListAsync(client, "?limit=1"))["metadata"]!["resourceVersion"]!;
            _time.Now -= TimeSpan.FromDays(1);
            long second = await CreateAsync(client, "after");
            using HttpResponseMessage patched = await client.PatchAsync(
                $"{ServerFixture.Collection}/before", new StringContent("""{"metadata":{"labels":{"a":"b"}}}""", Encoding.UTF8, "application/merge-patch+json"));
            string watched = await client.GetStringAsync($"{ServerFixture.Collection}?watch=1&timeoutSeconds=1&resourceVersion={token}");

            Assert.True(patched.IsSuccessStatusCode, await patched.Content.ReadAsStringAsync());
            Assert.True(second > first);
            Assert.Equal(["ADDED after", "MODIFIED before"], watched.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).Select(item => $"{item["type"]} {item["object"]!["metadata"]!["name"]}"));
            last = long.Parse((string)(await ListAsync(client, string.Empty))["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
        }

        // Its certificate is not valid yet by this clock: it makes another one, of the same authority.
        await using StorageServer again = await StartAsync();
        using HttpClient later = again.CreateClient();
        Assert.Equal(["after", "before"], (await ListAsync(later, string.Empty))["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!));
        Assert.True(await CreateAsync(later, "more") > last);
    }

    private static async Task<JsonNode> ListAsync(HttpClient client, string query) => JsonNode.Parse(await client.GetStringAsync(ServerFixture.Collection + query))!;

    private static async Task<long> CreateAsync(HttpClient client, string name)
    {
        using HttpResponseMessage created = await client.PostAsync(ServerFixture.Collection, new StringContent(ServerFixture.Profile(name), Encoding.UTF8, "application/json"));
        JsonNode item = JsonNode.Parse(await created.Content.ReadAsStringAsync())!;
        Assert.True(created.IsSuccessStatusCode, item.ToJsonString());
        return long.Parse((string)item["metadata"]!["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture);
    }

    private Task<StorageServer> StartAsync() =>
        StorageServer.StartAsync(new StorageOptions { DataDirectory = _directory.Path }, NullLoggerFactory.Instance, _time, CancellationToken.None);
}
