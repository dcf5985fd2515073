// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeAgent.Export.Storage;
using NodeAgent.Export.Tests.Fixtures;

namespace NodeAgent.Export.Tests.Storage;

public sealed class KubeconfigTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly TestAuthority _authority = new();

    [Fact]
    public void Load_InlineAuthorityAndToken_GivesTheConnection()
    {
        string authority = Convert.ToBase64String(Encoding.UTF8.GetBytes(_authority.Pem));
        using StorageConnection connection = Load($$"""
            apiVersion: v1
            kind: Config
            current-context: local
            clusters:
            - name: other
              cluster: {server: "https://10.0.0.1"}
            - name: node-agent
              cluster:
                server: https://127.0.0.1:8443
                certificate-authority-data: {{authority}}
                tls-server-name: node-agent
            users:
            - name: admin
              user: {token: s3cret}
            contexts:
            - name: local
              context: {cluster: node-agent, user: admin, namespace: demo}
            """);
        Assert.Equal(new Uri("https://127.0.0.1:8443"), connection.Server);
        Assert.Equal(("s3cret", "demo", "node-agent"), (connection.Token, connection.DefaultNamespace, connection.ServerName));
        Assert.Single(connection.CertificateAuthorities!);
        Assert.False(connection.SkipServerVerification);
    }

    [Fact]
    public void Load_FilesBesideIt_AreFoundFromItsFolder()
    {
        File.WriteAllText(_folder.File("ca.pem"), _authority.Pem);
        using X509Certificate2 client = _authority.Issue("client");
        File.WriteAllText(_folder.File("client.pem"), client.ExportCertificatePem());
        File.WriteAllText(_folder.File("client.key"), client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        using StorageConnection connection = Load("""
            current-context: c
            clusters: [{name: k, cluster: {server: "https://h:1", certificate-authority: ca.pem}}]
            users: [{name: u, user: {tokenFile: token, client-certificate: client.pem, client-key: ./client.key}}]
            contexts: [{name: c, context: {cluster: k, user: u}}]
            """);
        Assert.Equal(_folder.File("token"), connection.TokenFile);
        Assert.True(connection.ClientCertificate!.HasPrivateKey);
        Assert.Single(connection.CertificateAuthorities!);
    }

    [Theory]
    [InlineData("", "is no kubeconfig")]
    [InlineData("- a\n- b\n", "is no kubeconfig")]
    [InlineData("a: [", "is no YAML")]
    [InlineData("k: [a\n'b']", "is no YAML")]
    [InlineData("a: 1\na: 2", "is no YAML")]
    [InlineData("clusters: []", "current-context is not set")]
    [InlineData("current-context: c", "contexts holds no 'c'")]
    [InlineData("{current-context: c, contexts: [{name: c, context: {cluster: k}}]}", "clusters holds no 'k'")]
    [InlineData("{current-context: c, contexts: [{name: c, context: {}}]}", "contexts[c].context.cluster is not set")]
    [InlineData("{current-context: c, contexts: [{name: c, context: {cluster: k}}], clusters: [{name: k, cluster: {}}]}", "clusters[].cluster.server is not set")]
    [InlineData("{current-context: c, contexts: [{name: c, context: {cluster: k}}], clusters: [{name: k, cluster: {server: 'file:///etc'}}]}", "is no URL")]
    [InlineData("{current-context: c, contexts: [{name: c, context: {cluster: k}}], clusters: [{name: k, cluster: {server: 'https://h', certificate-authority-data: '***'}}]}", "certificate-authority")]
    [InlineData("{current-context: c, contexts: [{name: c, context: {cluster: k}}], clusters: [{name: k, cluster: {server: 'https://h', certificate-authority: none.pem}}]}", "none.pem")]
    [InlineData("{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: [{name: k, cluster: {server: 'https://h'}}], users: [{name: u, user: {exec: {}}}]}", "exec is not supported")]
    public void Load_Faulty_NamesFileAndKey(string text, string fault)
    {
        StorageException error = Assert.Throws<StorageException>(() => Load(text));
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_folder.File("kubeconfig"), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_MissingFile_SaysSo() =>
        Assert.Contains("nowhere", Assert.Throws<StorageException>(() => Kubeconfig.Load(_folder.File("nowhere"))).Message, StringComparison.Ordinal);

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private StorageConnection Load(string text)
    {
        File.WriteAllText(_folder.File("kubeconfig"), text);
        return Kubeconfig.Load(_folder.File("kubeconfig"));
    }
}
