// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Expressions;

public sealed class NetworkFunctionsTests
{
    [Theory]
    [InlineData("10.1.2.3", "10.0.0.0/8", true)]
    [InlineData("10.1.2.3", "10.1.2.3/32", true)]
    [InlineData("10.1.2.3", "10.1.2.2/32", false)]
    [InlineData("11.1.2.3", "10.0.0.0/8", false)]
    [InlineData("172.31.0.1", "172.16.0.0/12", true)]
    [InlineData("172.32.0.1", "172.16.0.0/12", false)]
    [InlineData("192.0.2.1", "0.0.0.0/0", true)]
    [InlineData("192.0.2.1", "::/0", false)]
    [InlineData("fd00:1::1", "fd00::/8", true)]
    [InlineData("fd00:1::1", "::/0", true)]
    [InlineData("fd00:1::1", "fd00:1::1/128", true)]
    [InlineData("fd00:1::1", "fd00:2::/32", false)]
    public void InCidr_OfAPeer_ComparesThePrefix(string peer, string block, bool holds)
    {
        using var bench = new Bench(rules: [TestRules.Of("N", "network", $"net.in_cidr(event.dstAddr, '{block}') && !net.in_cidr('none', '{block}')")]);
        bench.Tcp(peer, 80);
        Assert.Equal(holds ? ["N"] : [], bench.TakenRules());
    }

    [Theory]
    [InlineData("10.0.0.0")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("fd00::/129")]
    [InlineData("/8")]
    [InlineData("of nobody/8")]
    public void InCidr_WithWhatIsNoNetwork_IsAnErrorAndNoAlert(string block)
    {
        using var bench = new Bench(rules: [TestRules.Of("N", "network", $"!net.in_cidr(event.dstAddr, '{block}')")]);
        using var metrics = new MetricReader();
        bench.Tcp("10.1.2.3", 80);
        Assert.Empty(bench.Taken());
        Assert.Equal(1, metrics.Read("node_agent_rule_error_total", "N"));
    }
}
