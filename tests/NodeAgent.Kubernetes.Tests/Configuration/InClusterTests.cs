// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.TestSupport.Kubernetes;

namespace NodeAgent.Kubernetes.Tests.Configuration;

public sealed class InClusterTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task InClusterConfig_FilesOfTheServiceAccount_AreLetIn()
    {
        await using ApiServerDouble server = await ApiServerDouble.StartAsync();
        server.Tokens = new HashSet<string> { "account-token" };
        Files(server.Authority.Pem);
        var address = new Uri(server.Address);
        Dictionary<string, string> variables = new() { ["KUBERNETES_SERVICE_HOST"] = address.Host, ["KUBERNETES_SERVICE_PORT"] = $"{address.Port}" };

        Assert.True(KubernetesClientConfiguration.IsInCluster(variables.GetValueOrDefault, _folder.Path));
        using var client = new Kubernetes(KubernetesClientConfiguration.InClusterConfig(variables.GetValueOrDefault, _folder.Path, TimeProvider.System));

        Assert.Empty((await client.ListNodeAsync(cancellationToken: TestContext.Current.CancellationToken)).Items!);
    }

    [Fact]
    public void InClusterConfig_AddressOfIpVersion6_IsInBrackets()
    {
        using var authority = new TestAuthority("a");
        Files(authority.Pem);
        Dictionary<string, string> variables = new() { ["KUBERNETES_SERVICE_HOST"] = "fd00::1", ["KUBERNETES_SERVICE_PORT"] = "443" };

        using KubernetesClientConfiguration found = KubernetesClientConfiguration.InClusterConfig(variables.GetValueOrDefault, _folder.Path, TimeProvider.System);

        Assert.Equal(("https://[fd00::1]:443", "kube-system"), (found.Host, found.Namespace));
    }

    [Theory]
    [InlineData(null, "443", "KUBERNETES_SERVICE_HOST is not set")]
    [InlineData("10.0.0.1", null, "KUBERNETES_SERVICE_PORT is not set")]
    [InlineData("10.0.0.1", "https", "'https', which is no port")]
    [InlineData("10.0.0.1", "443", "token is missing")]
    public void InClusterConfig_SomethingMissing_SaysWhat(string? host, string? port, string message)
    {
        Dictionary<string, string?> variables = new() { ["KUBERNETES_SERVICE_HOST"] = host, ["KUBERNETES_SERVICE_PORT"] = port };

        Assert.False(KubernetesClientConfiguration.IsInCluster(variables.GetValueOrDefault, _folder.Path));
        KubeConfigException error = Assert.Throws<KubeConfigException>(
            () => KubernetesClientConfiguration.InClusterConfig(variables.GetValueOrDefault, _folder.Path, TimeProvider.System));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private void Files(string authority)
    {
        _folder.Write("token", "account-token");
        _folder.Write("ca.crt", authority);
        _folder.Write("namespace", "kube-system\n");
    }
}
