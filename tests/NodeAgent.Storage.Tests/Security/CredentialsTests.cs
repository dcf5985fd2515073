// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Storage.Security;

namespace NodeAgent.Storage.Tests.Security;

public sealed class CredentialsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Start_Files_AreTheirOwnersOnly()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        string[] secrets = ["kubeconfig", "storage.db", "pki/token", "pki/ca.key", "pki/server.key"];

        Assert.All(secrets, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(fixture.Directory, file))));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(fixture.Directory, "pki")));
        Assert.Contains($"server: \"https://127.0.0.1:{fixture.Server.Address.Port}\"", await File.ReadAllTextAsync(fixture.Server.KubeconfigPath), StringComparison.Ordinal);
        Assert.NotEqual(0, fixture.Server.Address.Port);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Server_Certificate_IsValidForEveryLoopbackName(string name)
    {
        using var directory = new TemporaryDirectory();
        using Credentials credentials = Credentials.Load(directory.Path, TimeProvider.System, NullLogger.Instance);

        Assert.True(credentials.Server.MatchesHostname(name));
        Assert.Equal("1.2.840.10045.3.1.7", credentials.Server.GetECDsaPublicKey()!.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public async Task Client_ThatTrustsOthers_DoesNotConnect()
    {
        await using ServerFixture fixture = await ServerFixture.StartAsync();
        using var stranger = new HttpClient { BaseAddress = fixture.Server.Address };

        await Assert.ThrowsAsync<HttpRequestException>(() => stranger.GetAsync("/livez"));
    }

    [Fact]
    public void Load_Again_KeepsEverything()
    {
        using var directory = new TemporaryDirectory();
        using Credentials first = Credentials.Load(directory.Path, TimeProvider.System, NullLogger.Instance);
        using Credentials second = Credentials.Load(directory.Path, TimeProvider.System, NullLogger.Instance);

        Assert.Equal(first.Token, second.Token);
        Assert.Equal(first.AuthorityPem, second.AuthorityPem);
        Assert.Equal(first.Server.SerialNumber, second.Server.SerialNumber);
    }

    [Fact]
    public void Renew_NearTheEnd_IssuesInTimeAndKeepsTheAuthority()
    {
        using var directory = new TemporaryDirectory();
        var time = new ManualTime(Start);
        using Credentials credentials = Credentials.Load(directory.Path, time, NullLogger.Instance);
        string serial = credentials.Server.SerialNumber;
        time.Now = Start.AddDays(200);
        Assert.False(credentials.Renew());
        Assert.Equal(serial, credentials.Server.SerialNumber);
        time.Now = Start.AddDays(300);
        string authority = credentials.AuthorityPem;

        Assert.False(credentials.Renew());
        Assert.NotEqual(serial, credentials.Server.SerialNumber);
        Assert.Equal(authority, credentials.AuthorityPem);
        Assert.True(credentials.Server.NotAfter.ToUniversalTime() > time.Now.AddDays(300));
        time.Now = Start.AddDays(3000);
        Assert.True(credentials.Renew());
        Assert.NotEqual(authority, credentials.AuthorityPem);
    }

    [Fact]
    public void Renew_ClockSetBack_IssuesWhatIsValidNow()
    {
        using var directory = new TemporaryDirectory();
        var time = new ManualTime(Start);
        using Credentials credentials = Credentials.Load(directory.Path, time, NullLogger.Instance);
        time.Now = Start.AddDays(-30);

        Assert.True(credentials.Renew());
        Assert.True(credentials.Server.NotBefore.ToUniversalTime() <= time.Now);
    }

    [Theory]
    [InlineData("ca.crt", "garbage")]
    [InlineData("server.key", "")]
    [InlineData("token", "x\ny")]
    public void Load_DamagedFile_IsMadeAnew(string file, string content)
    {
        using var directory = new TemporaryDirectory();
        Credentials.Load(directory.Path, TimeProvider.System, NullLogger.Instance).Dispose();
        File.WriteAllText(Path.Combine(directory.Path, "pki", file), content);
        var logger = new RecordingLogger();
        using Credentials credentials = Credentials.Load(directory.Path, TimeProvider.System, logger);
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(credentials.Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;

        Assert.True(chain.Build(credentials.Server));
        Assert.True(credentials.Token.Length >= 40);
        Assert.Contains(logger.Lines, line => line.Id == 6006);
    }

    [Fact]
    public void Load_LooseMode_IsTightened()
    {
        using var directory = new TemporaryDirectory();
        Credentials.Load(directory.Path, TimeProvider.System, NullLogger.Instance).Dispose();
        string token = Path.Combine(directory.Path, "pki", "token");
        File.SetUnixFileMode(token, File.GetUnixFileMode(token) | UnixFileMode.OtherRead);
        var logger = new RecordingLogger();
        using Credentials credentials = Credentials.Load(directory.Path, TimeProvider.System, logger);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(token));
        Assert.Contains(logger.Lines, line => line.Id == 6008);
    }

    [Theory]
    [InlineData("Bearer secret-token", true)]
    [InlineData("bearer secret-token ", true)]
    [InlineData("Bearer secret-toke", false)]
    [InlineData("Bearer secret-token2", false)]
    [InlineData("secret-token", false)]
    [InlineData(null, false)]
    public void Accepts_OnlyTheToken(string? header, bool expected) => Assert.Equal(expected, new BearerToken("secret-token").Accepts(header));
}
