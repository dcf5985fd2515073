// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Enrichment.Tests;

/// <summary>A monotonic clock that is set.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(TimeSpan time) => _ticks += time.Ticks;
}
