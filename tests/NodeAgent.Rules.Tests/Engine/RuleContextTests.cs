// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Profiles;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

/// <summary>A rule judges by how the container was set up, as far as it is known at the event.</summary>
public sealed class RuleContextTests
{
    [Fact]
    public void Configuration_WhenItIsTold_IsThereFromTheNextEventOn()
    {
        using var bench = new Bench(rules: [new HostMountRule()]);
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
        using var bench = new Bench(rules: [new HostMountRule()]);
        bench.Subject.Container = new ContainerInfo(78, "/host") { Identity = new ContainerIdentity { Kind = UnitKind.Host } };
        bench.Open("/host/etc/passwd");

        Assert.Empty(bench.Taken());
    }

    private sealed class HostMountRule : IRule<OpenEvent>
    {
        public RuleDescriptor Descriptor { get; } = new()
        {
            Id = "T0002",
            Name = "Host mount",
            Description = "A privileged container opens a file that is the host's",
            Severity = 1,
            MitreTactic = "TA0001",
            MitreTechnique = "T1001",
            ProfileDependency = ProfileDependency.NotRequired,
            IsTriggerAlert = false,
        };

        public bool Matches(in OpenEvent source, RuleContext context)
        {
            string path = System.Text.Encoding.UTF8.GetString(source.Path);
            return context.Configuration is { Privileged: true } configuration
                && configuration.Mounts.Any(mount => path.StartsWith(mount.Destination + "/", StringComparison.Ordinal));
        }

        public bool IsExpected(in OpenEvent source, ProfileView profile) => false;

        public void WriteUniqueId(in OpenEvent source, RuleContext context, UniqueIdHasher uniqueId) => uniqueId.Append(source.Path);

        public AlertFacts Describe(in OpenEvent source, RuleContext context) =>
            new($"{System.Text.Encoding.UTF8.GetString(source.Path)} of {context.Container.Identity.Image}", new AlertArguments(), null);
    }
}
