// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Time;
using NodeAgent.Rules.Alerts;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Rules.Evidence;

/// <summary>The last events of each container, so that an alert can tell what its process did before. For the event loop's thread.</summary>
/// <remarks>
/// It sees what the rules see. A ring is made with a container's first event and handed on when the container ends, or when too many have one: an event
/// costs no memory. The container's other processes share its ring, so one that does much may push another's events out.
/// </remarks>
/// <param name="peers">Names those whom the process talked to; null = nobody knows.</param>
internal sealed class FlightRecorder(WallClock clock, IPeerNames? peers)
{
    /// <summary>Units: containers with a ring, of about 8 KiB each; the one that was quiet the longest makes room.</summary>
    public const int MaxContainers = 512;

    /// <summary>Units: events that one alert tells.</summary>
    public const int MaxTold = 12;

    private readonly Dictionary<ulong, FlightRing> _rings = [];
    private readonly Stack<FlightRing> _free = [];
    private FlightRing? _last;

    /// <summary>Containers that have a ring.</summary>
    public int Count => _rings.Count;

    /// <summary>Notes the event that the scope shows.</summary>
    public void Note(EventScope scope)
    {
        EventObject seen = scope.Event;
        ProcessKey process = scope.Context.Process.Key;
        if (process.Pid != 0 && !seen.IsEntrant && !seen.IsSnapshot && TellsSomething(seen.EventType))
        {
            RingOf(scope.Context.Container.CgroupId).Add(seen, process);
        }
    }

    /// <summary>What a process did before the event at hand, which is noted when all rules have seen it.</summary>
    /// <returns>Oldest first; null = nothing is known.</returns>
    public IReadOnlyList<AlertEvent>? Before(ulong cgroupId, ProcessKey process)
    {
        if (process.Pid == 0 || !_rings.TryGetValue(cgroupId, out FlightRing? ring))
        {
            return null;
        }

        List<AlertEvent> told = ring.Of(process, MaxTold, clock, peers);
        return told.Count == 0 ? null : told;
    }

    /// <summary>The container is gone.</summary>
    public void Forget(ulong cgroupId)
    {
        if (_rings.Remove(cgroupId, out FlightRing? ring))
        {
            _last = null;
            _free.Push(ring);
        }
    }

    // What happens all the time, or is told as another event as well, would push out what a person can read something from.
    private static bool TellsSomething(RuleEventType type) => type is not
        (RuleEventType.Syscall or RuleEventType.Memory or RuleEventType.Fork or RuleEventType.Exit or RuleEventType.Admission or RuleEventType.Ssh or RuleEventType.Socket);

    private FlightRing RingOf(ulong cgroupId)
    {
        if (_last is { } last && last.CgroupId == cgroupId)
        {
            return last;
        }

        if (!_rings.TryGetValue(cgroupId, out FlightRing? ring))
        {
            if (_rings.Count >= MaxContainers)
            {
                Forget(_rings.Values.MinBy(one => one.LastNs)!.CgroupId);
            }

            ring = _free.TryPop(out FlightRing? used) ? used : new FlightRing();
            ring.Begin(cgroupId);
            _rings.Add(cgroupId, ring);
        }

        return _last = ring;
    }
}
