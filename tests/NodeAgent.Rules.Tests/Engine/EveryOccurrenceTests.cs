// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.RuntimeRules;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules.Tests.Fixtures;

namespace NodeAgent.Rules.Tests.Engine;

/// <summary>Rules that count tell the kernel what it may not keep back, and where.</summary>
public sealed class EveryOccurrenceTests
{
    [Fact]
    public void Rule_ThatCounts_HasItsKindsToldInContainersItJudges()
    {
        var filter = new RecordingFilter();
        using var bench = new Bench(rules: [Counting("context:container")], filter: filter);
        var host = new ContainerInfo(78, "/host") { Identity = new ContainerIdentity { Kind = UnitKind.Host } };
        bench.Open("/a");
        bench.Open("/b");
        bench.Subject.Container = host;
        bench.Open("/a");
        bench.Subject.Container = bench.Container;
        bench.Open("/a");
        Assert.Equal(["77 Open,Flow,TcpConnect,TcpAccept", "78 "], filter.Asked);
    }

    [Fact]
    public void Container_ThatTurnsOutToBeAnother_IsAskedForAnew()
    {
        var filter = new RecordingFilter();
        using var bench = new Bench(rules: [Counting("context:standalone")], filter: filter);
        bench.Open("/a");
        bench.Container.Identity = new ContainerIdentity { Kind = UnitKind.SystemdUnit };
        bench.Open("/a");
        bench.Open("/a");
        Assert.Equal(["77 ", "77 Open,Flow,TcpConnect,TcpAccept"], filter.Asked);
    }

    [Fact]
    public void Container_Removed_IsForgottenAndNotAskedForAgain()
    {
        var filter = new RecordingFilter();
        using var bench = new Bench(rules: [Counting("context:container")], filter: filter);
        bench.Open("/a");
        bench.Container.RemovedNs = Bench.BootNs + 1;
        bench.Engine.OnTick(Bench.BootNs + 2);
        bench.Open("/straggler");
        Assert.Equal(["77 Open,Flow,TcpConnect,TcpAccept"], filter.Asked);
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

    private static RuntimeRule Counting(string tag) => TestRules.Of(
        "T0001", [("open", "rate('all', duration('1s')) > 1000000"), ("network", "first(event.dstAddr) && false")], tags: [tag]);
}
