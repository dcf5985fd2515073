// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Tests.Fixtures;

/// <summary>A wall clock that a test sets, and timers that it lets run out. The monotonic clock is the machine's.</summary>
internal sealed class ManualTime(DateTimeOffset now) : TimeProvider
{
    private readonly List<ManualTimer> _timers = [];

    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        var timer = new ManualTimer(() => callback(state));
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Lets every timer that was set run out.</summary>
    public void Elapse()
    {
        foreach (ManualTimer timer in _timers)
        {
            timer.Fire();
        }
    }

    private sealed class ManualTimer(Action callback) : ITimer
    {
        private bool _isSet;

        public bool Change(TimeSpan dueTime, TimeSpan period) => _isSet = dueTime != Timeout.InfiniteTimeSpan;

        public void Fire()
        {
            if (_isSet)
            {
                _isSet = false;
                callback();
            }
        }

        public void Dispose() => _isSet = false;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
