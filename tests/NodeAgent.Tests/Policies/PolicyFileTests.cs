// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cli;
using NodeAgent.Policies;

namespace NodeAgent.Tests.Policies;

public sealed class PolicyFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhatFlowsDoNotKnow_IsNamed()
    {
        PolicyFileContent content = PolicyFile.Read(
            _folder.Write("p.yaml", """
                apiVersion: networking.k8s.io/v1
                kind: NetworkPolicy
                metadata: {name: a, namespace: shop}
                spec:
                  podSelector: {}
                  ingress:
                  - from:
                    - namespaceSelector: {matchLabels: {team: a, kubernetes.io/metadata.name: jobs}}
                    - namespaceSelector: {matchExpressions: [{key: zone, operator: Exists}]}
                    ports: [{port: http}, {port: 80}]
                ---
                kind: NetworkPolicy
                metadata: {name: b}
                spec: {podSelector: {}, egress: [{}]}
                """),
            "web");
        Assert.Equal(["shop/a: label team of namespaces", "shop/a: label zone of namespaces", "shop/a: port http"], content.Unjudged);
        Assert.Equal(["shop", "web"], content.Namespaces.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("kind: Pod", "'Pod' is no NetworkPolicy")]
    [InlineData("{kind: CiliumNetworkPolicy}", "'CiliumNetworkPolicy' is no NetworkPolicy")]
    [InlineData("", "no NetworkPolicy in it")]
    [InlineData("{kind: NetworkPolicy, metadata: {name: x}}", "web/x: spec: missing")]
    [InlineData("{kind: NetworkPolicy, spec: {podSelector: [1]}}", "$.spec.podSelector")]
    [InlineData("{kind: NetworkPolicy, metadata: {name: x}, spec: {ingress: [{from: [{}]}]}}", "spec.ingress[0].from[0]: neither a selector nor an ipBlock")]
    public void Read_WhatIsNoPolicy_SaysWhereAndWhy(string text, string fault)
    {
        CommandException refused = Assert.Throws<CommandException>(() => PolicyFile.Read(_folder.Write("p.yaml", text), "web"));
        Assert.Contains("p.yaml", refused.Message, StringComparison.Ordinal);
        Assert.Contains(fault, refused.Message, StringComparison.Ordinal);
    }
}
