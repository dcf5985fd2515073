// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Tests.Operations;

/// <summary>A clock that stands until it is moved; wall clock and time stamps can be moved apart.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    private long _timestamp = TimeSpan.FromDays(1).Ticks;

    public DateTimeOffset Now { get; set; } = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => _timestamp;

    public void Advance(TimeSpan time)
    {
        Now += time;
        _timestamp += time.Ticks;
    }
}
