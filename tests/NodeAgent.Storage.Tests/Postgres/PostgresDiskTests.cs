// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using NodeAgent.Storage.Tests.Engines;

namespace NodeAgent.Storage.Tests.Postgres;

/// <summary>A database whose files stand on a small file system of their own, which gets full. Needs root.</summary>
public sealed class PostgresDiskTests : IAsyncLifetime
{
    private const string Mount = "none";
    private const int Objects = 2000;

    private readonly TemporaryDirectory _directory = new();
    private PostgresServer? _server;

    public async ValueTask InitializeAsync()
    {
        PostgresServer.SkipWhereThereIsNone();
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("a file system cannot be mounted here");
        }

        await Command.RunAsync("mount", "-t", "tmpfs", "-o", "size=24m", Mount, _directory.Path);
        _server = await PostgresServer.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            await Command.RunAsync("umount", "-l", _directory.Path);
        }

        _directory.Dispose();
    }

    [Fact]
    public async Task Write_DiskFull_IsRefusedWithAStatusWhileReadsGoOnAndRecovers()
    {
        await Command.RunAsync("chown", "postgres", _directory.Path);
        await _server!.ExecuteAsync("postgres", $"CREATE TABLESPACE small LOCATION '{_directory.Path}'");
        await _server.ExecuteAsync("postgres", "CREATE DATABASE small TEMPLATE template0 TABLESPACE small");
        await using ServerFixture fixture = await ServerFixture.StartAsync(options => options.Database = _server.Address("small"));
        await fixture.CreateAsync("first");

        Answer refused = await FillAsync(fixture);
        Assert.Equal((503, "ServiceUnavailable"), (refused.Code, (string?)refused.Json!["reason"]));
        Assert.Contains("no space left", (string?)refused.Json["message"], StringComparison.Ordinal);
        Assert.Equal(200, (await fixture.SendAsync("GET", $"{ServerFixture.Collection}/first")).Code);

        await Command.RunAsync("mount", "-o", "remount,size=200m", _directory.Path);
        await Wait.UntilAsync(async () => (await CreateAsync(fixture, "after")).Code is 201 or 409, "the database to take writes again");
        Assert.Equal(200, (await fixture.SendAsync("GET", $"{ServerFixture.Collection}/after")).Code);
    }

    private static async Task<Answer> FillAsync(ServerFixture fixture)
    {
        for (int i = 0; i < Objects; i++)
        {
            Answer answer = await CreateAsync(fixture, string.Create(CultureInfo.InvariantCulture, $"o{i}"));
            if (answer.Code != 201)
            {
                return answer;
            }
        }

        throw new InvalidOperationException("a full disk took everything");
    }

    // Random: what compresses would not fill anything.
    private static Task<Answer> CreateAsync(ServerFixture fixture, string name) => fixture.SendAsync(
        "POST", ServerFixture.Collection, ServerFixture.Profile(name, spec: $$"""{"imageTag":"{{Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(40_000))}}"}"""));
}
