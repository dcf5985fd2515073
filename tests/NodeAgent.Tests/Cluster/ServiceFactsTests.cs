// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cluster;
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.Tests.Cluster;

public sealed class ServiceFactsTests
{
    [Fact]
    public void Addresses_OfEveryPlaceThatAServiceHas_AreItsAddresses()
    {
        var service = new V1Service
        {
            Metadata = new V1ObjectMeta { Uid = "s", Namespace = "shop", Name = "web" },
            Spec = new V1ServiceSpec { ClusterIp = "10.96.0.5", ClusterIps = ["10.96.0.5", "fd00:10:96::5"], ExternalIps = ["192.0.2.7", "2001:db8::7"] },
            Status = new V1ServiceStatus { LoadBalancer = new V1LoadBalancerStatus { Ingress = [new V1LoadBalancerIngress { Ip = "203.0.113.80" }, new V1LoadBalancerIngress(), new V1LoadBalancerIngress { Ip = "2001:db8::80" }] } },
        };

        Assert.Equal(
            ["10.96.0.5", "192.0.2.7", "2001:db8::7", "2001:db8::80", "203.0.113.80", "fd00:10:96::5"],
            ServiceFacts.Addresses(service).Select(address => address.ToString()).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("None")]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public void Addresses_OfAServiceWithoutAny_AreNone(string? clusterIp) => Assert.Empty(ServiceFacts.Addresses(
        new V1Service { Metadata = new V1ObjectMeta { Uid = "s", Name = "headless" }, Spec = new V1ServiceSpec { ClusterIp = clusterIp, ClusterIps = clusterIp is null ? null : [clusterIp] } }));
}
