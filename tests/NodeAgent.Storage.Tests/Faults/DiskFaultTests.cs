// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Objects;

namespace NodeAgent.Storage.Tests.Faults;

/// <summary>A small file system of its own that gets full, or is mounted read-only. Needs root.</summary>
public sealed class DiskFaultTests : IDisposable
{
    private const string Collection = "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/namespaces/shop/containerprofiles";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose()
    {
        Run("umount", "-l", _directory.Path);
        _directory.Dispose();
    }

    [Fact]
    public async Task Write_DiskFull_IsRefusedWithAStatusWhileReadsGoOnAndRecovers()
    {
        Mount("size=4m");
        await using StorageServer server = await StartAsync();
        using HttpClient client = server.CreateClient();
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(client, "first")).StatusCode);
        string ballast = Path.Combine(_directory.Path, "ballast");
        FillUp(ballast);
        HttpResponseMessage refused = await FirstRefusalAsync(client);
        JsonNode status = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Equal("ServiceUnavailable", (string?)status["reason"]);
        Assert.Contains("no space left", (string?)status["message"], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{Collection}/first")).StatusCode);
        File.Delete(ballast);
        Assert.Equal(HttpStatusCode.Created, (await CreateAsync(client, "after")).StatusCode);
    }

    [Fact]
    public async Task Start_ReadOnlyDirectoryWithADatabase_ReadsAndRefusesWrites()
    {
        Mount("size=8m");
        await using (StorageServer first = await StartAsync())
        {
            using HttpClient writer = first.CreateClient();
            await CreateAsync(writer, "kept");
        }

        Assert.Equal(0, Run("mount", "-o", "remount,ro", _directory.Path));
        await using StorageServer server = await StartAsync();
        using HttpClient client = server.CreateClient();
        HttpResponseMessage refused = await CreateAsync(client, "new");

        Assert.NotNull(server.ReadOnlyReason);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{Collection}/kept")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("read-only", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("/readyz?exclude=ping")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/readyz?exclude=ping&exclude=database-write")).StatusCode);
    }

    [Fact]
    public async Task Start_DiskFullWithADatabase_ReadsAndRefusesWrites()
    {
        Mount("size=4m");
        await using (StorageServer first = await StartAsync())
        {
            using HttpClient writer = first.CreateClient();
            await CreateAsync(writer, "kept");
        }

        FillUp(Path.Combine(_directory.Path, "ballast"));
        await using StorageServer server = await StartAsync();
        using HttpClient client = server.CreateClient();

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{Collection}/kept")).StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await FirstRefusalAsync(client)).StatusCode);
    }

    [Fact]
    public async Task Start_ReadOnlyDirectoryWithoutADatabase_FailsClearly()
    {
        Mount("size=1m,ro");
        StoreUnavailableException error = await Assert.ThrowsAsync<StoreUnavailableException>(StartAsync);

        Assert.Contains("cannot create", error.Message, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> CreateAsync(HttpClient client, string name) => await client.PostAsJsonAsync(Collection, new JsonObject
    {
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject { ["imageTag"] = new string('x', 20_000) },
    });

    // The log file of the database may still have room; some writes later it has not.
    private static async Task<HttpResponseMessage> FirstRefusalAsync(HttpClient client)
    {
        for (int i = 0; i < 1000; i++)
        {
            HttpResponseMessage response = await CreateAsync(client, $"more-{i}");
            if (response.StatusCode != HttpStatusCode.Created)
            {
                return response;
            }
        }

        throw new InvalidOperationException("a full disk took a thousand objects");
    }

    private static void FillUp(string path)
    {
        using var file = new FileStream(path, FileMode.Create);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private Task<StorageServer> StartAsync() =>
        StorageServer.StartAsync(new StorageOptions { DataDirectory = _directory.Path }, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);

    private void Mount(string options)
    {
        if (!Environment.IsPrivilegedProcess || Run("mount", "-t", "tmpfs", "-o", options, "none", _directory.Path) != 0)
        {
            Assert.Skip("a file system cannot be mounted here");
        }
    }
}
