// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Rules;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Engine;
using NodeAgent.Rules.Profiles;
using NodeAgent.Tests.Operations;
using NodeAgent.TestSupport.Wire;

namespace NodeAgent.Tests.Pipeline;

/// <summary>The cooldown runs on event time: a wall clock that jumps neither ends it nor makes it longer.</summary>
public sealed class CooldownClockTests : IDisposable
{
    private const ulong Second = 1_000_000_000;
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly RuleEngine _rules;
    private readonly PipelineRig _rig;

    public CooldownClockTests()
    {
        _rules = new RuleEngine(
            new RulesOptions { Cooldown = TimeSpan.FromMinutes(1) }, new AlertOrigin { NodeName = "n" }, new NoProfiles(), _time, NullLogger<RuleEngine>.Instance);
        _rig = new PipelineRig(_rules).WithUnit("web", Second);
    }

    public void Dispose()
    {
        _rules.Dispose();
        _rig.Dispose();
    }

    [Theory]
    [InlineData(3650)]
    [InlineData(-3650)]
    public void Repeat_WallClockJumps_IsCountedUntilEventTimeEndsTheCooldown(int days)
    {
        Execute(10 * Second);
        Assert.Null(Assert.Single(Alerts()).Arguments.RepeatCount);

        _time.Now += TimeSpan.FromDays(days);
        Execute(20 * Second);
        Execute(30 * Second);
        Assert.Empty(Alerts());

        _rig.Tick(200 * Second);
        Assert.Equal(2, Assert.Single(Alerts()).Arguments.RepeatCount);

        _rig.Tick(290 * Second);
        Execute(300 * Second);
        Assert.Null(Assert.Single(Alerts()).Arguments.RepeatCount);
    }

    private void Execute(ulong timeNs) => _rig.Feed(RecordBuilder.Exec("memfd:x", ["x"], timeNs: timeNs, flags: ExecFlags.Memfd));

    private List<RuntimeAlert> Alerts()
    {
        var alerts = new List<RuntimeAlert>();
        while (_rules.Alerts.TryRead(out RuntimeAlerts? one))
        {
            alerts.AddRange(one.Spec.Alerts);
        }

        return alerts;
    }

    private sealed class NoProfiles : IProfileLookup
    {
        public bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view)
        {
            view = null;
            return false;
        }
    }
}
