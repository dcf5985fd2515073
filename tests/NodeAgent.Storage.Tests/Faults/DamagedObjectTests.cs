// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Objects;
using NodeAgent.Storage.Sqlite;

namespace NodeAgent.Storage.Tests.Faults;

/// <summary>A bit that flips inside of one document, which SQLite's own check does not look at.</summary>
public sealed class DamagedObjectTests : IDisposable
{
    private const string Marker = "the-text-that-is-damaged";

    private readonly TemporaryDirectory _directory = new();

    private string DatabasePath => Path.Combine(_directory.Path, "storage.db");

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(Marker, true)]
    [InlineData("labels-that-are-damaged", false)]
    public async Task Read_FlippedBit_IsNamedNeverServedAndTheRestIs(string damaged, bool listsMetadata)
    {
        await FillAsync();
        Flip(damaged);
        Assert.Contains("bad: its checksum is wrong", Assert.Throws<StoreUnavailableException>(() => SqliteBackup.Check(DatabasePath)).Message, StringComparison.Ordinal);
        await using StorageServer server = await StartAsync();
        using HttpClient client = server.CreateClient();
        using HttpResponseMessage bad = await client.GetAsync($"{ServerFixture.Collection}/bad");
        string said = await bad.Content.ReadAsStringAsync();

        Assert.Equal(500, (int)bad.StatusCode);
        Assert.Contains("store/bad is damaged in the database, its checksum is wrong", said, StringComparison.Ordinal);
        Assert.DoesNotContain("damaged-", said, StringComparison.Ordinal);
        Assert.Contains("\"good\"", await client.GetStringAsync($"{ServerFixture.Collection}/good"), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(ServerFixture.Collection));
        Assert.Equal(listsMetadata, await ListsMetadataAsync(client));

        // It can be replaced by deleting it.
        Assert.Equal(409, (int)(await PostAsync(client, "bad")).StatusCode);
        Assert.Equal(200, (int)(await client.DeleteAsync($"{ServerFixture.Collection}/bad")).StatusCode);
        Assert.Equal(201, (int)(await PostAsync(client, "bad")).StatusCode);
        Assert.Contains("\"bad\"", await client.GetStringAsync(ServerFixture.Collection), StringComparison.Ordinal);
    }

    private async Task FillAsync()
    {
        await using StorageServer server = await StartAsync();
        using HttpClient client = server.CreateClient();
        Assert.Equal(201, (int)(await PostAsync(client, "good")).StatusCode);
        Assert.Equal(201, (int)(await PostAsync(client, "bad", ""","labels":{"a":"labels-that-are-damaged"}""", $$"""{"imageTag":"{{Marker}}"}""")).StatusCode);
    }

    private void Flip(string text)
    {
        byte[] file = File.ReadAllBytes(DatabasePath);
        int at = file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(text));
        Assert.True(at > 0, "the text stands in the file");
        file[at + 3] ^= 1;
        File.WriteAllBytes(DatabasePath, file);
    }

    private static async Task<bool> ListsMetadataAsync(HttpClient client)
    {
        try
        {
            return (await client.GetStringAsync(ServerFixture.Collection + "?resourceVersion=metadata")).Contains("\"bad\"", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string name, string metadata = "", string spec = "{}") =>
        client.PostAsync(ServerFixture.Collection, new StringContent(ServerFixture.Profile(name, metadata, spec), Encoding.UTF8, "application/json"));

    private Task<StorageServer> StartAsync() =>
        StorageServer.StartAsync(new StorageOptions { DataDirectory = _directory.Path }, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
}
