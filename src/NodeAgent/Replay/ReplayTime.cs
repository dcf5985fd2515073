// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Replay;

/// <summary>The wall clock as it was at the recording's newest tick.</summary>
internal sealed class ReplayTime : TimeProvider
{
    private const long NsPerTick = 100;

    /// <summary>Units: ns since 1970.</summary>
    public long UnixNs { get; set; }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(UnixNs / NsPerTick);
}
