// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

/// <summary>A rule judges by how the container was set up, as far as it is known at the event.</summary>
public sealed class RuleContextTests
{
    [Fact]
    public void Configuration_WhenItIsTold_IsThereFromTheNextEventOn()
    {
        using var bench = new Bench(rules: [HostMountRule()]);
        bench.Open("/host/etc/passwd");
        Assert.Empty(bench.Taken());

        bench.Container.Identity = bench.Container.Identity with
        {
            Image = "registry.example/web:1",
            Configuration = new ContainerConfiguration { Mounts = [new ContainerMount("/host/etc", "/etc", "bind", ReadOnly: true)], Privileged = true },
        };
        bench.Open("/host/etc/passwd");
        bench.Open("/etc/passwd");

        Assert.Equal(["/host/etc/passwd of registry.example/web:1"], bench.Taken().Select(alert => alert.Spec.Alerts[0].Message));
    }

    [Fact]
    public void Configuration_OfTheHost_IsNone()
    {
        using var bench = new Bench(rules: [HostMountRule()]);
        bench.Subject.Container = new ContainerInfo(78, "/host") { Identity = new ContainerIdentity { Kind = UnitKind.Host } };
        bench.Open("/host/etc/passwd");

        Assert.Empty(bench.Taken());
    }

    private static RuntimeRule HostMountRule() => TestRules.Of(
        "T0002", [("open", "container.privileged && file.hostPath != ''")], message: "event.path + ' of ' + image.name", uniqueId: "event.path");
}
