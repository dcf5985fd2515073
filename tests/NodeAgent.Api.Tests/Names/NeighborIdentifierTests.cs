// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;

namespace NodeAgent.Api.Tests.Names;

public sealed class NeighborIdentifierTests
{
    // The hashes are what Kubescape's agent computes for these neighbours.
    [Theory]
    [InlineData("external", "192.168.1.1", "example.com", null, null, "a13ce4ca8de4083d05986cdc9874c5bc75870f93a89363acc36e12511ceae5d8")]
    [InlineData("external", "192.168.1.3", "example.com", null, null, "5e620390e1aa074ccca30576eb9e09db9254a07b1d6cef9b45d7f98a1f72c863")]
    [InlineData("internal", "192.168.1.1", "example.com", null, "app=nginx", "fd41d439d5de80f684d53dc9682ca335f93f6f754031d6e3624a9772b8010680")]
    [InlineData("internal", "192.168.1.1", "example.com", null, "app2=nginx", "0848cb483e73375684bbc7333f64d74dfa13260fc9d9ff178cdead9b1f695944")]
    [InlineData("internal", "192.168.1.1", "example.com", "app2=nginx", "app2=nginx", "d4e9bce7335a0eee24b725edb9de785fecfebad7bfc4f2ea4a49830925b745da")]
    [InlineData("internal", "", "", "kubernetes.io/metadata.name=kubescape", "app=destination", "c86024d63c2bfddde96a258c3005e963e06fb9d8ee941a6de3003d6eae5dd7cc")]
    [InlineData("external", "143.54.53.21", "", null, null, "3bbd32606a8516f97e7e3c11b0e914744c56cd6b8a2cadf010dd5fc648285535")]
    public void Compute_KnownNeighbor_GivesUpstreamHash(string type, string ip, string dns, string? ns, string? pod, string expected) =>
        Assert.Equal(expected, NeighborIdentifier.Compute(type, ip, dns, Selector(ns), Selector(pod)));

    [Fact]
    public void Compute_LabelsInOtherOrder_GivesSameHash()
    {
        var one = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" } };
        var two = new LabelSelector { MatchLabels = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } };
        Assert.Equal(NeighborIdentifier.Compute("internal", null, null, null, one), NeighborIdentifier.Compute("internal", null, null, null, two));
    }

    private static LabelSelector? Selector(string? text)
    {
        string[]? parts = text?.Split('=');
        return parts is null ? null : new LabelSelector { MatchLabels = new Dictionary<string, string> { [parts[0]] = parts[1] } };
    }
}
