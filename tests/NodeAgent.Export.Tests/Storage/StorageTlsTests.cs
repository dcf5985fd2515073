// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using NodeAgent.Export.Storage;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Storage;

public sealed class StorageTlsTests
{
    [Fact]
    public async Task Get_ServerOfOurAuthority_IsBelieved()
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("localhost");
        await using FakeApi api = await FakeApi.StartAsync(certificate);
        using StorageConnection connection = api.Connection with { CertificateAuthorities = authority.Certificates, Token = "secret" };
        string? seen = null;
        api.Interceptor = http =>
        {
            seen = http.Request.Headers.Authorization;
            return Task.FromResult(false);
        };
        using var client = new StorageClient(connection);
        Assert.Null(await client.GetAsync("containerprofiles", "default", "web", CancellationToken.None));
        Assert.Equal("Bearer secret", seen);
        Assert.DoesNotContain("secret", connection.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_ServerOfAnotherAuthorityOrName_IsNot()
    {
        using var authority = new TestAuthority();
        using var other = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("elsewhere", loopback: false);
        await using FakeApi api = await FakeApi.StartAsync(certificate);
        Assert.False(await ReachesAsync(api.Connection with { CertificateAuthorities = other.Certificates, ServerName = "elsewhere" }));
        Assert.False(await ReachesAsync(api.Connection with { CertificateAuthorities = authority.Certificates }));
        Assert.False(await ReachesAsync(api.Connection));
        Assert.True(await ReachesAsync(api.Connection with { CertificateAuthorities = authority.Certificates, ServerName = "elsewhere" }));
        Assert.True(await ReachesAsync(api.Connection with { SkipServerVerification = true }));
    }

    [Fact]
    public async Task Get_AuthorityFileReplaced_IsReadAgainAndNonsenseInItIsNot()
    {
        using var former = new TestAuthority();
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("localhost");
        await using FakeApi api = await FakeApi.StartAsync(certificate);
        using var folder = new Folder();
        string file = folder.File("ca.crt");
        await File.WriteAllTextAsync(file, former.Certificates.ExportCertificatePems());
        StorageConnection connection = api.Connection with { CertificateAuthorities = former.Certificates, CertificateAuthorityFile = file };
        using var client = new StorageClient(connection);
        await Assert.ThrowsAsync<StorageException>(() => client.GetAsync("a", "b", "c", CancellationToken.None));

        await File.WriteAllTextAsync(file, "half of a certifi");
        await Assert.ThrowsAsync<StorageException>(() => client.GetAsync("a", "b", "c", CancellationToken.None));

        await File.WriteAllTextAsync(file, authority.Certificates.ExportCertificatePems() + "\n" + former.Certificates.ExportCertificatePems());
        Assert.Null(await client.GetAsync("a", "b", "c", CancellationToken.None));
    }

    [Fact]
    public async Task Get_TokenFileChangedAfterRefusal_UsesTheNewToken()
    {
        using var folder = new Folder();
        string file = folder.File("token");
        await File.WriteAllTextAsync(file, "old\n");
        await using FakeApi api = await FakeApi.StartAsync();
        api.Interceptor = async http =>
        {
            if (http.Request.Headers.Authorization == "Bearer new")
            {
                return false;
            }

            await FakeApi.Status(http, 401, "Unauthorized");
            return true;
        };
        using var client = new StorageClient(api.Connection with { TokenFile = file });
        await Assert.ThrowsAsync<StorageException>(() => client.GetAsync("a", "b", "c", CancellationToken.None));
        await File.WriteAllTextAsync(file, "new\n");
        Assert.Null(await client.GetAsync("a", "b", "c", CancellationToken.None));

        using var without = new StorageClient(api.Connection with { TokenFile = file + ".none" });
        StorageException error = await Assert.ThrowsAsync<StorageException>(() => without.GetAsync("a", "b", "c", CancellationToken.None));
        Assert.Contains(file + ".none", error.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> ReachesAsync(StorageConnection connection)
    {
        using var client = new StorageClient(connection);
        try
        {
            await client.GetAsync("containerprofiles", "default", "web", CancellationToken.None);
            return true;
        }
        catch (StorageException error) when (error.IsTransient)
        {
            return false;
        }
    }
}
