// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Platform;
using NodeAgent.Pipeline;
using NodeAgent.Tests.Operations;

namespace NodeAgent.Tests.Pipeline;

public sealed class EventClockTests
{
    private const ulong Second = 1_000_000_000;
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void ToWallClock_Now_IsTheWallClock() => AssertNear(_time.Now, new EventClock(_time).ToWallClock(BootClock.NowNs));

    [Fact]
    public void ToWallClock_TwoEvents_AreAsFarApartAsTheirBootTimes()
    {
        var clock = new EventClock(_time);
        ulong boot = BootClock.NowNs;

        TimeSpan apart = clock.ToWallClock(boot + (Second / 4)) - clock.ToWallClock(boot);

        // Each is cut to the 100 ns of a tick.
        Assert.InRange(apart.Ticks, TimeSpan.FromMilliseconds(250).Ticks - 1, TimeSpan.FromMilliseconds(250).Ticks + 1);
    }

    [Fact]
    public void ToWallClock_EventBeforeTheLast_IsBeforeIt()
    {
        var clock = new EventClock(_time);
        ulong boot = BootClock.NowNs;
        DateTimeOffset now = clock.ToWallClock(boot);

        Assert.InRange((now - clock.ToWallClock(boot - (3 * Second))).Ticks, TimeSpan.FromSeconds(3).Ticks - 1, TimeSpan.FromSeconds(3).Ticks + 1);
    }

    [Theory]
    [InlineData(365)]
    [InlineData(-365)]
    public void ToWallClock_WallClockJumps_IsFollowedWithinASecondOfEvents(int days)
    {
        var clock = new EventClock(_time);
        ulong boot = BootClock.NowNs;
        clock.ToWallClock(boot);

        _time.Now += TimeSpan.FromDays(days);

        AssertNear(_time.Now + TimeSpan.FromSeconds(2), clock.ToWallClock(boot + (2 * Second)));
    }

    private static void AssertNear(DateTimeOffset expected, DateTimeOffset actual) => Assert.InRange(actual, expected - Slack, expected + Slack);
}
