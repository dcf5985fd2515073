// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Kubernetes.Tests.Configuration;

public sealed class KubeconfigTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Build_TokenAndAuthorityFile_IsLetIn()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        _folder.Write("ca.pem", server.Authority.Pem);

        await AssertWorksAsync(server, "certificate-authority: ca.pem", "token: secret");
    }

    [Fact]
    public async Task Build_TokenFileAndAuthorityData_IsLetIn()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "secret" };
        _folder.Write("token", "secret\n");

        await AssertWorksAsync(server, $"certificate-authority-data: {Base64(server.Authority.Pem)}", "tokenFile: token");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Build_ClientCertificate_IsLetIn(bool asFiles)
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.CertificateUser = "agent";
        using X509Certificate2 client = server.Authority.Client("agent");
        string certificate = client.ExportCertificatePem();
        string key = client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
        _folder.Write("client.pem", certificate);
        _folder.Write("client.key", key);

        await AssertWorksAsync(
            server,
            $"certificate-authority-data: {Base64(server.Authority.Pem)}",
            asFiles ? "client-certificate: client.pem, client-key: client.key" : $"client-certificate-data: {Base64(certificate)}, client-key-data: {Base64(key)}");
    }

    [Fact]
    public async Task Build_InsecureSkip_BelievesAnybody()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();

        await AssertWorksAsync(server, "insecure-skip-tls-verify: true", "token: any");
    }

    [Fact]
    public async Task Build_AnotherAuthority_IsNotBelieved()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        using var other = new TestAuthority("other");
        using Kubernetes client = Client(server, $"certificate-authority-data: {Base64(other.Pem)}", "token: secret");

        NodeAgent.Kubernetes.Requests.KubernetesException error =
            await Assert.ThrowsAsync<NodeAgent.Kubernetes.Requests.KubernetesException>(() => client.ListNodeAsync(cancellationToken: Stop));

        Assert.Equal(NodeAgent.Kubernetes.Requests.KubernetesFailure.Connection, error.Failure);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("tls-server-name: localhost", true)]
    [InlineData("tls-server-name: elsewhere", false)]
    public async Task Build_ServerName_IsTheOneInTheCertificate(string line, bool believed)
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        using Kubernetes client = Client(server, $"certificate-authority-data: {Base64(server.Authority.Pem)}, {line}", "token: secret");

        Task<KubernetesList<V1Node>> list = client.ListNodeAsync(cancellationToken: Stop);

        Assert.Equal(believed, await list.ContinueWith(t => t.IsCompletedSuccessfully, TaskScheduler.Default));
    }

    [Theory]
    [InlineData("contexts: []", "contexts holds no 'lab'")]
    [InlineData("current-context: ''", "current-context is not set")]
    [InlineData("clusters: [{name: lab, cluster: {}}]", "clusters[lab].cluster.server is not set")]
    [InlineData("clusters: [{name: lab, cluster: {server: 'ftp://x'}}]", "clusters[lab].cluster.server is no URL")]
    [InlineData("clusters: [{name: lab, cluster: {server: 'https://x', certificate-authority-data: '!'}}]", "certificate-authority-data")]
    [InlineData("clusters: [{name: lab, cluster: {server: 'https://x', certificate-authority-data: 'YWJj'}}]", "certificate-authority-data holds no certificate")]
    [InlineData("clusters: [{name: lab, cluster: {server: 'https://x', certificate-authority: gone.pem}}]", "gone.pem holds no certificate")]
    [InlineData("clusters: [{name: lab, cluster: {server: 'https://x', proxy-url: 'gopher://x'}}]", "proxy-url is no URL")]
    [InlineData("users: [{name: lab, user: {client-certificate: a.pem}}]", "client-certificate and client-key are needed together")]
    [InlineData("users: [{name: lab, user: {client-certificate: a.pem, client-key: b.pem}}]", "a.pem")]
    [InlineData("users: [{name: lab, user: {auth-provider: {name: gcp}}}]", "auth-provider and username are not supported")]
    [InlineData("users: [{name: lab, user: {exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: x}}}]", "v1alpha1")]
    [InlineData("users: [{name: lab, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}}}]", "interactiveMode is Always")]
    [InlineData("users: [{name: lab, user: {exec: {apiVersion: client.authentication.k8s.io/v1}}}]", "users[lab].user.exec.command is not set")]
    [InlineData("contexts: [{name: lab, context: {cluster: lab, user: nobody}}]", "users holds no 'nobody'")]
    public void Build_Wrong_NamesFileAndKey(string replacement, string message)
    {
        string key = replacement[..(replacement.IndexOf(':', StringComparison.Ordinal) + 1)];
        string[] lines =
        [
            "apiVersion: v1", "current-context: lab", "contexts: [{name: lab, context: {cluster: lab, user: lab}}]",
            "clusters: [{name: lab, cluster: {server: 'https://127.0.0.1:1'}}]", "users: [{name: lab, user: {token: t}}]",
        ];
        string path = _folder.Write("config", string.Join('\n', lines.Select(line => line.StartsWith(key, StringComparison.Ordinal) ? replacement : line)));

        KubeConfigException error = Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[1, 2]")]
    [InlineData("a: [")]
    [InlineData("k: [a\n'b']")]
    [InlineData("")]
    public void Build_NoKubeconfig_SaysSo(string text)
    {
        string path = _folder.Write("config", text);

        Assert.Contains(path, Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_Contexts_TheNamedOneOrTheCurrent()
    {
        string path = _folder.Write("config", """
            current-context: one
            contexts:
            - {name: one, context: {cluster: a, namespace: first}}
            - {name: two, context: {cluster: b}}
            clusters:
            - {name: a, cluster: {server: https://a:6443/}}
            - {name: b, cluster: {server: https://b/base, proxy-url: http://proxy:3128}}
            """);

        using KubernetesClientConfiguration current = KubernetesClientConfiguration.BuildConfigFromConfigFile(path);
        using KubernetesClientConfiguration named = KubernetesClientConfiguration.BuildConfigFromConfigFile(path, "two");

        Assert.Equal(("https://a:6443", "one", "first"), (current.Host, current.CurrentContext, current.Namespace));
        Assert.Equal(("https://b/base", "two", string.Empty, new Uri("http://proxy:3128")), (named.Host, named.CurrentContext, named.Namespace, named.Proxy));
    }

    [Fact]
    public void Build_SeveralFiles_AreOneAndTheFirstSaysWhatBothHave()
    {
        string first = _folder.Write("first/config", """
            contexts: [{name: one, context: {cluster: a, user: u} }]
            clusters: [{name: a, cluster: {server: https://first:6443} }]
            """);
        string second = _folder.Write("second/config", """
            current-context: one
            contexts: [{name: two, context: {cluster: b, user: u} }]
            clusters:
            - {name: a, cluster: {server: https://second:6443} }
            - {name: b, cluster: {server: https://b:6443} }
            users: [{name: u, user: {tokenFile: token} }]
            """);
        _folder.Write("second/token", "from-the-second-folder");
        string paths = string.Join(':', first, "/nowhere/config", second);

        using KubernetesClientConfiguration current = KubernetesClientConfiguration.BuildConfigFromConfigFile(paths);
        using KubernetesClientConfiguration other = KubernetesClientConfiguration.BuildConfigFromConfigFile(paths, "two");
        KubeConfigException unknown = Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile(paths, "three"));

        Assert.Equal(("one", "https://first:6443"), (current.CurrentContext, current.Host));
        Assert.Equal("https://b:6443", other.Host);
        Assert.Equal($"{first}:{second}: contexts holds no 'three'", unknown.Message);
        Assert.Contains("none of these files", Assert.Throws<KubeConfigException>(() => KubernetesClientConfiguration.BuildConfigFromConfigFile("/nowhere/a:/nowhere/b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_SeveralFiles_PathsCountFromTheFolderOfTheirFile()
    {
        string first = _folder.Write("first/config", """
            current-context: one
            contexts: [{name: one, context: {cluster: a, user: u} }]
            """);
        string second = _folder.Write("second/config", """
            clusters: [{name: a, cluster: {server: https://a:6443} }]
            users: [{name: u, user: {tokenFile: token} }]
            """);
        _folder.Write("second/token", "beside-the-second");

        using KubernetesClientConfiguration configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile($"{first}:{second}");

        Assert.Equal("beside-the-second", await configuration.Tokens!.GetTokenAsync(Stop));
    }

    private async Task AssertWorksAsync(ApiServerDouble server, string cluster, string user)
    {
        server.Store.Put("/nodes", (System.Text.Json.Nodes.JsonObject)System.Text.Json.Nodes.JsonNode.Parse("""{"metadata":{"name":"node-a","uid":"u"}}""")!);
        using Kubernetes client = Client(server, cluster, user);

        KubernetesList<V1Node> nodes = await client.ListNodeAsync(cancellationToken: Stop);

        Assert.Equal("node-a", nodes.Items!.Single()!.Metadata!.Name);
    }

    private Kubernetes Client(ApiServerDouble server, string cluster, string user)
    {
        string path = _folder.Write("config", $$"""
            current-context: lab
            contexts: [{name: lab, context: {cluster: lab, user: lab} }]
            clusters: [{name: lab, cluster: {server: '{{server.Address}}', {{cluster}} } }]
            users: [{name: lab, user: { {{user}} } }]
            """);
        return new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(path));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
