// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Tests.Requests;

public sealed class EnvironmentProxyTests
{
    private const string Proxy = "http://proxy:3128/";

    [Theory]
    [InlineData("", "https://10.96.0.1:443", true)]
    [InlineData("10.96.0.0/12", "https://10.96.0.1:443", false)]
    [InlineData("10.96.0.0/12", "https://10.200.0.1:443", true)]
    [InlineData("fd00::/8", "https://[fd00::1]:6443", false)]
    [InlineData("10.96.0.1", "https://10.96.0.1:443", false)]
    [InlineData("10.96.0.1:6443", "https://10.96.0.1:443", true)]
    [InlineData("[fd00::1]:443", "https://[fd00::1]:443", false)]
    [InlineData("example.org", "https://api.example.org", false)]
    [InlineData("example.org", "https://Example.org:6443", false)]
    [InlineData("example.org", "https://anexample.org", true)]
    [InlineData(".example.org", "https://api.example.org", false)]
    [InlineData(".example.org", "https://example.org", true)]
    [InlineData("*.example.org", "https://api.example.org", false)]
    [InlineData("example.org:6443", "https://example.org", true)]
    [InlineData("a.b, 10.0.0.0/8 ,c", "https://10.1.2.3", false)]
    [InlineData("*", "https://api.example.org", false)]
    [InlineData(" , ,:,[]", "https://api.example.org", true)]
    [InlineData("", "https://localhost:6443", false)]
    [InlineData("", "https://127.0.0.1:6443", false)]
    [InlineData("", "https://[::1]:6443", false)]
    public void GetProxy_NoProxy_IsReadAsKubectlReadsIt(string noProxy, string server, bool byProxy)
    {
        var proxy = new EnvironmentProxy(Environment(("HTTPS_PROXY", "proxy:3128"), ("NO_PROXY", noProxy)));

        Assert.Equal(byProxy ? new Uri(Proxy) : null, proxy.GetProxy(new Uri(server)));
        Assert.Equal(!byProxy, proxy.IsBypassed(new Uri(server)));
    }

    [Fact]
    public void GetProxy_Schemes_HaveTheirOwnAndCapitalsGoFirst()
    {
        var proxy = new EnvironmentProxy(Environment(("https_proxy", "http://lower"), ("HTTPS_PROXY", "socks5://upper:1080"), ("http_proxy", "http://plain")));

        Assert.Equal(new Uri("socks5://upper:1080"), proxy.GetProxy(new Uri("https://a")));
        Assert.Equal(new Uri("http://plain"), proxy.GetProxy(new Uri("http://a")));
        Assert.Null(new EnvironmentProxy(Environment()).GetProxy(new Uri("https://a")));
    }

    [Theory]
    [InlineData("ftp://proxy")]
    [InlineData("http://")]
    public void New_ProxyThatIsNoUrl_IsAnErrorThatNamesIt(string text) =>
        Assert.Contains("HTTPS_PROXY", Assert.Throws<KubeConfigException>(() => new EnvironmentProxy(Environment(("HTTPS_PROXY", text)))).Message, StringComparison.Ordinal);

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables) =>
        name => variables.FirstOrDefault(variable => variable.Name == name).Value;
}
