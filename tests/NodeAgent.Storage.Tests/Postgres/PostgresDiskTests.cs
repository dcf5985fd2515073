// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using NodeAgent.Storage.Tests.Engines;
using NodeAgent.TestSupport.Postgres;
using NodeAgent.TestSupport.Programs;

namespace NodeAgent.Storage.Tests.Postgres;

/// <summary>A database whose files, or whose write-ahead log, stand on a small file system of their own, which gets full. Needs root.</summary>
public sealed class PostgresDiskTests : IAsyncLifetime
{
    private const int Objects = 2000;

    private readonly TemporaryDirectory _directory = new();
    private PostgresServer? _server;

    public async ValueTask InitializeAsync()
    {
        PostgresCluster.SkipWhereThereIsNone();
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("a file system cannot be mounted here");
        }

        await Command.RunAsync("mount", "-t", "tmpfs", "-o", "size=24m", "none", _directory.Path);
        await Command.RunAsync("chown", "postgres", _directory.Path);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Command.TryAsync("umount", "-l", _directory.Path);
        _directory.Dispose();
    }

    [Fact]
    public async Task Write_DiskFull_IsRefusedWithAStatusWhileReadsGoOnAndRecovers()
    {
        _server = await PostgresServer.StartAsync();
        await _server.ExecuteAsync("postgres", $"CREATE TABLESPACE small LOCATION '{_directory.Path}'");
        await _server.ExecuteAsync("postgres", "CREATE DATABASE small TEMPLATE template0 TABLESPACE small");
        await using ServerFixture fixture = await ServerFixture.StartAsync(options => options.Database = _server.Address("small"));
        await fixture.CreateAsync("first");

        (Answer refused, _) = await FillAsync(fixture);
        Assert.Equal((503, "ServiceUnavailable"), (refused.Code, (string?)refused.Json!["reason"]));
        Assert.Contains("no space left", (string?)refused.Json["message"], StringComparison.Ordinal);
        Assert.Equal(200, (await fixture.SendAsync("GET", $"{ServerFixture.Collection}/first")).Code);

        await Command.RunAsync("mount", "-o", "remount,size=200m", _directory.Path);
        await Wait.UntilAsync(async () => (await CreateAsync(fixture, "after")).Code is 201 or 409, "the database to take writes again");
        Assert.Equal(200, (await fixture.SendAsync("GET", $"{ServerFixture.Collection}/after")).Code);
    }

    // The server itself ends then, and does not come up before there is room: reads end with it, what was acknowledged stays.
    [Fact]
    public async Task Write_LogDiskFull_IsRefusedUntilThereIsRoomAndNothingIsLost()
    {
        string log = Path.Combine(_directory.Path, "log");
        Directory.CreateDirectory(log);
        _server = await PostgresServer.StartAsync(new PostgresPlace { LogDirectory = log, Settings = ["-c", "max_wal_size=64MB", "-c", "min_wal_size=2MB"] });
        await using ServerFixture fixture = await ServerFixture.StartAsync(options => options.Database = _server.Address("postgres"));

        (Answer refused, List<string> acknowledged) = await FillAsync(fixture);
        Assert.NotEmpty(acknowledged);
        Assert.Equal((503, "ServiceUnavailable"), (refused.Code, (string?)refused.Json!["reason"]));
        Assert.Equal("ok", (await fixture.SendAsync("GET", "/livez")).Text);
        await Wait.UntilAsync(async () => (await fixture.SendAsync("GET", "/readyz")).Code == 500, "the storage to say that it is not ready");

        await Command.RunAsync("mount", "-o", "remount,size=200m", _directory.Path);
        await _server.RestartAsync();
        await Wait.UntilAsync(async () => (await CreateAsync(fixture, "after")).Code is 201 or 409, "the database to take writes again");
        await Wait.UntilAsync(async () => (await fixture.SendAsync("GET", "/readyz")).Code == 200, "the storage to be ready");
        string[] stored = [.. (await fixture.SendAsync("GET", ServerFixture.Collection + "?resourceVersion=metadata")).Json!["items"]!.AsArray().Select(item => (string)item!["metadata"]!["name"]!)];
        Assert.Empty(acknowledged.Except(stored));
        Assert.Contains("after", stored);
    }

    private static async Task<(Answer Refused, List<string> Acknowledged)> FillAsync(ServerFixture fixture)
    {
        var acknowledged = new List<string>();
        for (int i = 0; i < Objects; i++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"o{i}");
            Answer answer = await CreateAsync(fixture, name);
            if (answer.Code != 201)
            {
                return (answer, acknowledged);
            }

            acknowledged.Add(name);
        }

        throw new InvalidOperationException("a full disk took everything");
    }

    // Random: what compresses would not fill anything.
    private static Task<Answer> CreateAsync(ServerFixture fixture, string name) => fixture.SendAsync(
        "POST", ServerFixture.Collection, ServerFixture.Profile(name, spec: $$"""{"imageTag":"{{Convert.ToHexString(RandomNumberGenerator.GetBytes(40_000))}}"}"""));
}
