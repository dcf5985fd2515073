// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace NodeAgent.Operations;

/// <summary>What /livez and /readyz answer from. Every thread may use it.</summary>
/// <param name="time">Clock for the age of the last heartbeat.</param>
/// <param name="stallLimit">Age of the last heartbeat from which on the event loop counts as stalled.</param>
public sealed class AgentHealth(TimeProvider time, TimeSpan stallLimit)
{
    private readonly ConcurrentDictionary<string, string> _notReady = new(StringComparer.Ordinal);
    private long _lastBeat = time.GetTimestamp();

    /// <summary>Called by the event loop on every turn, also when there are no events.</summary>
    public void Beat() => Volatile.Write(ref _lastBeat, time.GetTimestamp());

    public TimeSpan SinceLastBeat => time.GetElapsedTime(Volatile.Read(ref _lastBeat));

    public bool IsAlive => SinceLastBeat < stallLimit;

    /// <summary>What is not ready yet, with the reason; empty = ready.</summary>
    public IReadOnlyDictionary<string, string> NotReady => _notReady;

    public void SetNotReady(string part, string reason) => _notReady[part] = reason;

    public void SetReady(string part) => _notReady.TryRemove(part, out _);
}
