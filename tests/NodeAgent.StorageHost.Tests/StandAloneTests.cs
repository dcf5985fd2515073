// SPDX-License-Identifier: Apache-2.0
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.StorageHost.Tests;

/// <summary>A server without a cluster: its own token, client certificates, rules in a file.</summary>
public sealed class StandAloneTests : IDisposable
{
    private const string Rules = """
        rules:
        - groups: [readers]
          verbs: [get, list, watch]
          apiGroups: [spdx.softwarecomposition.kubescape.io]
          resources: [containerprofiles]
          namespaces: [shop]
        """;

    private readonly Scratch _scratch = new();
    private readonly TestAuthority _clients = new("clients");

    private string Data => _scratch["data"];

    public void Dispose()
    {
        _clients.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Certificates_OfTheClientAuthority_MayWhatTheRulesSay()
    {
        await using StorageProcess storage = await StorageProcess.StartAsync(
            Data, "--client-ca-file", _scratch.Write("clients.pem", _clients.Pem), "--access-rules-file", _scratch.Write("rules.yaml", Rules));
        using var strangers = new TestAuthority("clients");
        using X509Certificate2 bob = _clients.Client("bob", "readers");
        using X509Certificate2 eve = strangers.Client("eve", "readers", "system:masters");
        using X509Certificate2 root = _clients.Client("root", "system:masters");

        Assert.Equal(200, await CodeAsync(storage, "GET", StorageProcess.Collection, bob));
        Assert.Equal(403, await CodeAsync(storage, "GET", StorageProcess.Collection.Replace("shop", "other", StringComparison.Ordinal), bob));
        Assert.Equal(403, await CodeAsync(storage, "GET", "/apis/spdx.softwarecomposition.kubescape.io/v1beta1/containerprofiles", bob));
        Assert.Equal(403, await CodeAsync(storage, "DELETE", StorageProcess.Collection, bob));
        Assert.Equal(401, await CodeAsync(storage, "GET", StorageProcess.Collection, eve));
        Assert.Equal(401, await CodeAsync(storage, "GET", StorageProcess.Collection, null));
        Assert.Equal(200, await CodeAsync(storage, "GET", "/metrics", root));
        await storage.CreateAsync("by-token");

        // The file is followed; nonsense in it leaves in force what was there.
        _scratch.Write("rules.yaml", Rules.Replace("readers", "writers", StringComparison.Ordinal));
        await UntilAsync(storage, async () => await CodeAsync(storage, "GET", StorageProcess.Collection, bob) == 403, "the new rules");
        _scratch.Write("rules.yaml", "rules: [nonsense]");
        await UntilAsync(storage, () => Task.FromResult(storage.Log.Contains("rules[0]: expected a mapping", StringComparison.Ordinal)), "the complaint", () => CodeAsync(storage, "GET", StorageProcess.Collection, bob));
        Assert.Equal(403, await CodeAsync(storage, "GET", StorageProcess.Collection, bob));
    }

    [Theory]
    [InlineData("--access-rules-file", "rules:\n- users: [a]\n", "setting 'access.rulesFile'")]
    [InlineData("--client-ca-file", "nothing", "setting 'tls.clientCaFile'")]
    public async Task Start_UnusableFile_NamesTheSetting(string flag, string text, string expected)
    {
        (int code, _, string errors) = await StorageProgram.RunAsync("--data-dir", Data, "--listen", "127.0.0.1:0", flag, _scratch.Write("file", text));

        Assert.Equal(1, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Certificate_OfFilesThatAreReplaced_IsServedWithoutARestart()
    {
        using var first = new TestAuthority("one");
        using var second = new TestAuthority("two");
        Write(first);
        await using StorageProcess storage = await StorageProcess.StartAsync(Data, "--tls-cert-file", _scratch["tls.crt"], "--tls-private-key-file", _scratch["tls.key"]);
        Assert.Equal("CN=one", (await PresentedAsync(storage, SslProtocols.None)).Issuer);

        Write(second);
        await UntilAsync(storage, async () => (await PresentedAsync(storage, SslProtocols.None)).Issuer == "CN=two", "the second certificate");
        using HttpClient client = storage.Client(token: "", authority: second.Pem);
        Assert.Equal("ok", await client.GetStringAsync("/livez"));

        // A pair that does not fit leaves the one before in force.
        using X509Certificate2 other = first.Server();
        await File.WriteAllTextAsync(_scratch["tls.key"], other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await UntilAsync(storage, () => Task.FromResult(storage.Log.Contains("cannot be used", StringComparison.Ordinal)), "the complaint", () => PresentedAsync(storage, SslProtocols.None));
        Assert.Equal("CN=two", (await PresentedAsync(storage, SslProtocols.None)).Issuer);
#pragma warning disable SYSLIB0039, CA5397, CA5398 // That it is refused is the point.
        await Assert.ThrowsAnyAsync<Exception>(() => PresentedAsync(storage, SslProtocols.Tls11));
#pragma warning restore SYSLIB0039, CA5397, CA5398
    }

    [Fact]
    public async Task AuditFile_HoldsWhoAskedForWhatAndWhatBecameOfIt()
    {
        string file = _scratch["audit.jsonl"];
        await using StorageProcess storage = await StorageProcess.StartAsync(Data, "--audit-file", file, "--client-ca-file", _scratch.Write("clients.pem", _clients.Pem));
        using X509Certificate2 bob = _clients.Client("bob", "readers");
        await storage.CreateAsync("seen");
        Assert.Equal(403, await CodeAsync(storage, "GET", StorageProcess.Collection + "/seen", bob, "9e4b77d8-0000-4000-8000-0123456789ab"));
        await CodeAsync(storage, "GET", StorageProcess.Collection, null);
        Assert.Equal(0, await storage.StopAsync());
        JsonNode[] events = [.. (await File.ReadAllLinesAsync(file)).Select(line => JsonNode.Parse(line)!)];

        Assert.All(events, one => Assert.Equal(("Event", "audit.k8s.io/v1", "Metadata", "ResponseComplete"), ((string)one["kind"]!, (string)one["apiVersion"]!, (string)one["level"]!, (string)one["stage"]!)));
        JsonNode created = Assert.Single(events, one => (string)one["verb"]! == "create");
        Assert.Equal("node-agent", (string)created["user"]!["username"]!);
        Assert.Equal("containerprofiles", (string)created["objectRef"]!["resource"]!);
        Assert.Equal("shop", (string)created["objectRef"]!["namespace"]!);
        Assert.Equal(201, (int)created["responseStatus"]!["code"]!);
        Assert.Equal("allow", (string)created["annotations"]!["authorization.k8s.io/decision"]!);
        JsonNode forbidden = Assert.Single(events, one => (string)one["auditID"]! == "9e4b77d8-0000-4000-8000-0123456789ab");
        Assert.Equal("bob", (string)forbidden["user"]!["username"]!);
        Assert.Equal("seen", (string)forbidden["objectRef"]!["name"]!);
        Assert.Equal((403, "Forbidden"), ((int)forbidden["responseStatus"]!["code"]!, (string)forbidden["responseStatus"]!["reason"]!));
        Assert.Equal("forbid", (string)forbidden["annotations"]!["authorization.k8s.io/decision"]!);
        JsonNode unknown = Assert.Single(events, one => (int)one["responseStatus"]!["code"]! == 401);
        Assert.Empty(unknown["user"]!.AsObject());
        Assert.DoesNotContain("architectures", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
    }

    private static async Task UntilAsync(StorageProcess storage, Func<Task<bool>> condition, string what, Func<Task>? meanwhile = null)
    {
        for (DateTime end = DateTime.UtcNow.AddSeconds(60); !await condition(); await Task.Delay(100))
        {
            Assert.True(DateTime.UtcNow < end, $"waited in vain for {what}: {storage.Log}");
            await (meanwhile?.Invoke() ?? Task.CompletedTask);
        }
    }

    private static async Task<int> CodeAsync(StorageProcess storage, string method, string path, X509Certificate2? certificate, string? auditId = null)
    {
        using HttpClient client = storage.Client(token: "", certificate: certificate);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (auditId is not null)
        {
            request.Headers.Add("Audit-Id", auditId);
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        Assert.True(auditId is null || response.Headers.GetValues("Audit-Id").Single() == auditId, "the answer has another audit id");
        return (int)response.StatusCode;
    }

    private static async Task<X509Certificate2> PresentedAsync(StorageProcess storage, SslProtocols protocols)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(storage.Address.Host, storage.Address.Port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
#pragma warning disable CA5359 // The test looks at the certificate itself.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        });
        return X509CertificateLoader.LoadCertificate(tls.RemoteCertificate!.GetRawCertData());
    }

    private void Write(TestAuthority authority)
    {
        using X509Certificate2 pair = authority.Server();
        _scratch.Write("tls.key", pair.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        _scratch.Write("tls.crt", pair.ExportCertificatePem() + "\n" + authority.Pem);
    }
}
