// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Authentication;

namespace NodeAgent.Kubernetes.Tests.Authentication;

/// <summary>Credential plug-ins that are real programs: shell scripts.</summary>
public sealed class ExecCredentialsTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(ExecPlugin.V1)]
    [InlineData(ExecPlugin.V1Beta1)]
    public async Task GetToken_Plugin_RunsOnceWithItsArgumentsAndEnvironment(string version)
    {
        string script = Script($$$"""
            echo x >> "$COUNT"
            [ "$1" = "get token" ] || exit 3
            echo "$KUBERNETES_EXEC_INFO" > "$COUNT.info"
            printf '{"apiVersion":"{{{version}}}","kind":"ExecCredential","status":{"token":"from-plugin"}}'
            """);
        using var credentials = new ExecCredentials(Plugin(script, version), TimeProvider.System);

        Assert.Equal("from-plugin", await credentials.GetTokenAsync(Stop));
        Assert.Equal("from-plugin", await credentials.GetTokenAsync(Stop));
        Assert.Equal(1, Runs);
        string info = await File.ReadAllTextAsync(Count + ".info", Stop);
        Assert.Equal("{\"apiVersion\":\"" + version + "\",\"" + """kind":"ExecCredential","spec":{"interactive":false,"cluster":{"server":"https://x"}}}""", info.Trim());

        credentials.Refuse();
        await credentials.GetTokenAsync(Stop);
        Assert.Equal(2, Runs);
    }

    [Fact]
    public async Task GetToken_Expired_RunsAgain()
    {
        string script = Script("""
            echo x >> "$COUNT"
            printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t","expirationTimestamp":"2020-01-01T00:00:00Z"}}'
            """);
        using var credentials = new ExecCredentials(Plugin(script), TimeProvider.System);

        await credentials.GetTokenAsync(Stop);
        await credentials.GetTokenAsync(Stop);

        Assert.Equal(2, Runs);
    }

    [Theory]
    [InlineData("echo no access >&2; exit 7", "ended with code 7: no access")]
    [InlineData("echo nonsense", "answered no ExecCredential")]
    [InlineData("echo '{}'", "instead of client.authentication.k8s.io/v1, ExecCredential")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{}}'""", "neither a token nor a client certificate")]
    [InlineData("""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"a","clientKeyData":"b"}}'""", "client certificate that is none")]
    public async Task GetToken_PluginGoesWrong_SaysHow(string body, string message)
    {
        using var credentials = new ExecCredentials(Plugin(Script(body)), TimeProvider.System);

        CredentialException error = await Assert.ThrowsAsync<CredentialException>(() => credentials.GetTokenAsync(Stop).AsTask());

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetToken_NoSuchProgram_GivesTheHint()
    {
        using var credentials = new ExecCredentials(Plugin(Path.Combine(_folder.Path, "gone")) with { InstallHint = "install it so" }, TimeProvider.System);

        CredentialException error = await Assert.ThrowsAsync<CredentialException>(() => credentials.GetTokenAsync(Stop).AsTask());

        Assert.Contains("install it so", error.Message, StringComparison.Ordinal);
    }

    private string Count => Path.Combine(_folder.Path, "count");

    private int Runs => File.ReadAllLines(Count).Length;

    private string Script(string body) => _folder.Write("plugin", "#!/bin/sh\n" + body + "\n", executable: true);

    private ExecPlugin Plugin(string command, string version = ExecPlugin.V1) => new()
    {
        ApiVersion = version,
        Command = command,
        Arguments = ["get token"],
        Environment = [KeyValuePair.Create("COUNT", Count)],
        Cluster = new ExecCluster { Server = "https://x" },
    };
}
