// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Profiles;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

/// <summary>Rules that count tell the kernel what it may not keep back, and where.</summary>
public sealed class EveryOccurrenceTests
{
    [Fact]
    public void Rule_ThatCounts_HasItsKindsToldInContainersItJudges()
    {
        var filter = new RecordingFilter();
        using var bench = new Bench(rules: [new Counting(RuleScopes.Container)], filter: filter);
        var host = new ContainerInfo(78, "/host") { Identity = new ContainerIdentity { Kind = UnitKind.Host } };
        bench.Open("/a");
        bench.Open("/b");
        bench.Subject.Container = host;
        bench.Open("/a");
        bench.Subject.Container = bench.Container;
        bench.Open("/a");
        Assert.Equal(["77 Open,TcpConnect", "78 "], filter.Asked);
    }

    [Fact]
    public void Container_ThatTurnsOutToBeAnother_IsAskedForAnew()
    {
        var filter = new RecordingFilter();
        using var bench = new Bench(rules: [new Counting(RuleScopes.SystemdUnit)], filter: filter);
        bench.Open("/a");
        bench.Container.Identity = new ContainerIdentity { Kind = UnitKind.SystemdUnit };
        bench.Open("/a");
        bench.Open("/a");
        Assert.Equal(["77 ", "77 Open,TcpConnect"], filter.Asked);
    }

    [Fact]
    public void Container_Removed_IsForgottenAndNotAskedForAgain()
    {
        var filter = new RecordingFilter();
        using var bench = new Bench(rules: [new Counting(RuleScopes.Container)], filter: filter);
        bench.Open("/a");
        bench.Container.RemovedNs = Bench.BootNs + 1;
        bench.Engine.OnTick(Bench.BootNs + 2);
        bench.Open("/straggler");
        Assert.Equal(["77 Open,TcpConnect"], filter.Asked);
    }

    [Fact]
    public void Rules_ThatDoNotCount_LeaveTheFilterAlone()
    {
        var filter = new RecordingFilter();
        using var bench = new Bench(filter: filter);
        bench.Open("/etc/shadow");
        Assert.Empty(filter.Asked);
    }

    private sealed class RecordingFilter : IRepeatFilter
    {
        public List<string> Asked { get; } = [];

        public void Forget(ulong cgroupId)
        {
        }

        public void ForgetAll()
        {
        }

        public void TellAlways(ulong cgroupId, params ReadOnlySpan<EventKind> kinds) =>
            Asked.Add($"{cgroupId} {string.Join(',', kinds.ToArray())}");
    }

    private sealed class Counting(RuleScopes scopes) : IRule<OpenEvent>
    {
        public RuleDescriptor Descriptor { get; } = new()
        {
            Id = "T0001",
            Name = "Counting",
            Description = "Counts",
            Severity = 1,
            MitreTactic = "TA0001",
            MitreTechnique = "T1001",
            ProfileDependency = ProfileDependency.NotRequired,
            IsTriggerAlert = false,
            Scopes = scopes,
            EveryOccurrenceOf = [EventKind.Open, EventKind.TcpConnect],
        };

        public bool Matches(in OpenEvent source, RuleContext context) => false;

        public bool IsExpected(in OpenEvent source, ProfileView profile) => false;

        public void WriteUniqueId(in OpenEvent source, RuleContext context, UniqueIdHasher uniqueId)
        {
        }

        public AlertFacts Describe(in OpenEvent source, RuleContext context) => throw new InvalidOperationException();
    }
}
