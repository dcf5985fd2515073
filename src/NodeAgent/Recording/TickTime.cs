// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Recording;

/// <summary>The wall clock as of the newest tick, so that whoever asks during a step gets the time that is recorded with it.</summary>
internal sealed class TickTime(TimeProvider inner) : TimeProvider
{
    private const long NsPerTick = 100;
    private long _unixNs = ToUnixNs(inner.GetUtcNow());

    /// <summary>Units: ns since 1970.</summary>
    public long UnixNs => Volatile.Read(ref _unixNs);

    public void Advance() => Volatile.Write(ref _unixNs, ToUnixNs(inner.GetUtcNow()));

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(UnixNs / NsPerTick);

    private static long ToUnixNs(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks * NsPerTick;
}
