// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Bpf.Statistics;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Tests.Statistics;

public sealed class StatisticsSamplerTests
{
    private readonly ManualTime _time = new();
    private int _on;
    private int _enabled;

    [Fact]
    public void Toggle_TwoMinutes_IsOnForOneSecondInEach()
    {
        using var sampler = new StatisticsSampler(Enable, _time, NullLogger.Instance);
        Assert.Equal(1, _on);
        var on = TimeSpan.Zero;
        for (int tenth = 0; tenth < 1200; tenth++)
        {
            on += _on > 0 ? TimeSpan.FromSeconds(0.1) : TimeSpan.Zero;
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        Assert.Equal(3, _enabled); // at 0, 60 and 120 s
        Assert.Equal(TimeSpan.FromSeconds(2), on);
        Assert.Equal(TimeSpan.FromSeconds(2), sampler.SampledTime);
    }

    [Fact]
    public void SampledTime_WhileOn_Grows()
    {
        using var sampler = new StatisticsSampler(Enable, _time, NullLogger.Instance);
        _time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(TimeSpan.FromSeconds(0.25), sampler.SampledTime);
    }

    [Fact]
    public void Dispose_WhileOn_SwitchesOffForGood()
    {
        using (new StatisticsSampler(Enable, _time, NullLogger.Instance))
        {
            Assert.Equal(1, _on);
        }

        Assert.Equal(0, _on);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, _enabled);
    }

    [Fact]
    public void Enable_Refused_GivesUpAtOnce()
    {
        int tries = 0;
        using var sampler = new StatisticsSampler(
            () =>
            {
                tries++;
                return BpfObject.Open([1, 2, 3], "broken"); // any refusal of libbpf or the kernel
            },
            _time,
            NullLogger.Instance);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, tries);
        Assert.Equal(TimeSpan.Zero, sampler.SampledTime);
    }

    private Switch Enable()
    {
        _on++;
        _enabled++;
        return new Switch(() => _on--);
    }

    private sealed class Switch(Action off) : IDisposable
    {
        public void Dispose() => off();
    }

    /// <summary>Time that the test moves, with one timer.</summary>
    private sealed class ManualTime : TimeProvider
    {
        private readonly List<ManualTimer> _timers = [];
        private TimeSpan _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new ManualTimer(this, () => callback(state));
            timer.Change(dueTime, period);
            _timers.Add(timer);
            return timer;
        }

        public void Advance(TimeSpan by)
        {
            TimeSpan end = _now + by;
            while (_timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due) is { } next)
            {
                _now = next.Due!.Value;
                next.Fire();
            }

            _now = end;
        }

        private sealed class ManualTimer(ManualTime time, Action fire) : ITimer
        {
            public TimeSpan? Due { get; private set; }

            public void Fire()
            {
                Due = null;
                fire();
            }

            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
                return true;
            }

            public void Dispose() => Due = null;

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
