// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Operations;

namespace NodeAgent.Tests.Operations;

public sealed class AgentHealthTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly AgentHealth _health;

    public AgentHealthTests() => _health = new AgentHealth(_time, Limit);

    [Fact]
    public void IsAlive_BeforeTheFirstBeat_LastsForTheLimit()
    {
        _time.Advance(Limit - TimeSpan.FromMilliseconds(1));
        Assert.True(_health.IsAlive);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(_health.IsAlive);
    }

    [Fact]
    public void IsAlive_BeatAfterAStall_IsAliveAgain()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_health.IsAlive);
        Assert.Equal(TimeSpan.FromHours(1), _health.SinceLastBeat);

        _health.Beat();

        Assert.True(_health.IsAlive);
        Assert.Equal(TimeSpan.Zero, _health.SinceLastBeat);
    }

    [Theory]
    [InlineData(365)]
    [InlineData(-365)]
    public void IsAlive_WallClockJumps_IsNotAStall(int days)
    {
        _time.Now += TimeSpan.FromDays(days);

        Assert.True(_health.IsAlive);
        Assert.Equal(TimeSpan.Zero, _health.SinceLastBeat);
    }

    [Fact]
    public void NotReady_PartsComeAndGo_HoldsTheNewestReasonOfEach()
    {
        Assert.Empty(_health.NotReady);

        _health.SetNotReady("storage", "starting");
        _health.SetNotReady("loop", "reading");
        _health.SetNotReady("storage", "migrating");
        Assert.Equal("migrating", _health.NotReady["storage"]);
        Assert.Equal(2, _health.NotReady.Count);

        _health.SetReady("storage");
        _health.SetReady("storage");
        _health.SetReady("never named");
        Assert.Equal("loop", Assert.Single(_health.NotReady).Key);
    }
}
