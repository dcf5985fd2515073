// SPDX-License-Identifier: Apache-2.0
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.StorageHost.Tests.Cluster;

/// <summary>The real program behind an API server, which the double stands for.</summary>
internal sealed class ClusterRig : IAsyncDisposable
{
    public const string ProxyName = "front-proxy-client";
    public const string Group = "spdx.softwarecomposition.kubescape.io";

    private readonly Scratch _scratch = new();
    private StorageProcess? _storage;

    private ClusterRig(ApiServerDouble api) => Api = api;

    public ApiServerDouble Api { get; }

    public TestAuthority ProxyAuthority { get; } = new("front-proxy-ca");

    public TestAuthority ClientAuthority { get; } = new("cluster-ca");

    public StorageProcess Storage => _storage!;

    public static Task<ClusterRig> StartAsync(bool withTrust = true, params string[] arguments) => StartAsync(withTrust, _ => { }, arguments);

    /// <param name="prepare">Before the storage asks anything.</param>
    public static async Task<ClusterRig> StartAsync(bool withTrust, Action<ApiServerDouble> prepare, params string[] arguments)
    {
        var rig = new ClusterRig(await ApiServerDouble.StartAsync());
        prepare(rig.Api);
        rig.Api.Tokens = new HashSet<string> { "storage" };
        rig.Api.Store.Define("/configmaps");
        rig.Api.Reviews.Users["alice-token"] = new JsonObject { ["username"] = "alice", ["uid"] = "7", ["groups"] = new JsonArray("readers", "system:authenticated") };
        if (withTrust)
        {
            rig.Trust();
        }

        string kubeconfig = rig._scratch.Write("kubeconfig", $$$"""
            apiVersion: v1
            kind: Config
            clusters: [{name: a, cluster: {server: "{{{rig.Api.Address}}}", certificate-authority-data: {{{Convert.ToBase64String(Encoding.ASCII.GetBytes(rig.Api.Authority.Pem))}}}}}]
            users: [{name: a, user: {token: storage}}]
            contexts: [{name: a, context: {cluster: a, user: a}}]
            current-context: a
            """);
        rig._storage = await StorageProcess.StartAsync(rig._scratch["data"], ["--kubeconfig", kubeconfig, .. arguments.Contains("--retention-interval") ? [] : (string[])["--retention-interval", "0s"], .. arguments]);
        if (withTrust)
        {
            await rig.ReadyAsync();
        }

        return rig;
    }

    /// <summary>Writes the config map, as the API server does.</summary>
    public void Trust(TestAuthority? proxy = null, string allowedNames = $"[\"{ProxyName}\"]") => Api.Store.Put("/configmaps", new JsonObject
    {
        ["metadata"] = new JsonObject { ["namespace"] = "kube-system", ["name"] = "extension-apiserver-authentication", ["uid"] = "e70d4e0a-4af1-4587-8fbd-4c6c07e3b319" },
        ["data"] = new JsonObject
        {
            ["client-ca-file"] = ClientAuthority.Pem,
            ["requestheader-client-ca-file"] = (proxy ?? ProxyAuthority).Pem,
            ["requestheader-allowed-names"] = allowedNames,
            ["requestheader-username-headers"] = """["X-Remote-User"]""",
            ["requestheader-group-headers"] = """["X-Remote-Group"]""",
            ["requestheader-extra-headers-prefix"] = """["X-Remote-Extra-"]""",
        },
    });

    public Task ReadyAsync() => UntilAsync(async () => (await SendAsync("/readyz", token: "")).Code == 200, "the storage ready");

    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (DateTime end = DateTime.UtcNow.AddSeconds(60); !await condition(); await Task.Delay(50))
        {
            Assert.True(DateTime.UtcNow < end, $"waited in vain for {what}: {Storage.Log}");
        }
    }

    /// <summary>One request on a connection of its own.</summary>
    /// <param name="token">Empty = none.</param>
    public async Task<(int Code, JsonNode? Json, string Text)> SendAsync(
        string path, string method = "GET", string token = "", X509Certificate2? certificate = null, IEnumerable<(string Name, string Value)>? headers = null, string? body = null)
    {
        using HttpClient client = Storage.Client(token, certificate);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach ((string name, string value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        }

        using HttpResponseMessage response = await client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        bool json = response.Content.Headers.ContentType?.MediaType == "application/json";
        return ((int)response.StatusCode, json ? JsonNode.Parse(text) : null, text);
    }

    /// <summary>The same with each header on a line of its own, as the front proxy writes groups; HttpClient would join them.</summary>
    /// <returns>The status line.</returns>
    public async Task<string> SendLinesAsync(string path, X509Certificate2 certificate, IEnumerable<(string Name, string Value)> headers)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(Storage.Address.Host, Storage.Address.Port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate,
#pragma warning disable CA5359 // Who the server is is not the question here.
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        });
        string lines = string.Concat(headers.Select(header => $"{header.Name}: {header.Value}\r\n"));
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{lines}\r\n"));
        using var reader = new StreamReader(tls);
        return await reader.ReadLineAsync() ?? string.Empty;
    }

    public async ValueTask DisposeAsync()
    {
        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }

        await Api.DisposeAsync();
        ProxyAuthority.Dispose();
        ClientAuthority.Dispose();
        _scratch.Dispose();
    }
}
