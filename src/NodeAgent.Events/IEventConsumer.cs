// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Events;

/// <summary>A stage of the event loop: called for each attributed event, in ring order, on the loop's thread.</summary>
/// <remarks>
/// The views point into the ring and the subject is reused: both are valid only during the call. A consumer never
/// blocks and never throws for what an event holds; what it produces leaves through a bounded channel of its own.
/// </remarks>
public interface IEventConsumer
{
    /// <summary>Also called for processes that ran before the agent (<see cref="ExecEvent.IsSnapshot"/>).</summary>
    void OnExec(in ExecEvent exec, EventSubject subject);

    void OnFork(in ForkEvent fork, EventSubject subject);

    void OnExit(in ExitEvent exit, EventSubject subject);

    void OnOpen(in OpenEvent open, EventSubject subject);

    void OnTcp(in TcpEvent tcp, EventSubject subject);

    void OnFlow(in FlowEvent flow, EventSubject subject);

    void OnDns(in DnsEvent dns, EventSubject subject);

    void OnCgroup(in CgroupEvent cgroup, EventSubject subject);

    /// <summary>Events of a container (null: of the machine) were lost since the last call for it.</summary>
    void OnLoss(in LossEvent loss);

    /// <summary>Called about ten times a second, also when there are no events: for everything that depends on time.</summary>
    /// <param name="bootTimeNs">Units: ns of CLOCK_BOOTTIME, the clock of the events.</param>
    void OnTick(ulong bootTimeNs);
}

/// <summary>Where events were lost.</summary>
public enum LossCause
{
    /// <summary>A ring buffer was full.</summary>
    Ring,

    /// <summary>A queue in the agent was full.</summary>
    Queue,

    /// <summary>A record did not decode.</summary>
    Decode,
}

/// <summary>A gap in the stream.</summary>
/// <param name="Cause">Where it happened.</param>
/// <param name="Kind">Which events are missing; None = any.</param>
/// <param name="CgroupId">Whose; 0 = unknown.</param>
/// <param name="Container">Whose, when the cgroup is a known container's.</param>
/// <param name="Count">How many.</param>
/// <param name="FromNs">Units: boot ns, the last time the counter was read without a change.</param>
/// <param name="ToNs">Units: boot ns.</param>
public readonly record struct LossEvent(
    LossCause Cause,
    Wire.EventKind Kind,
    ulong CgroupId,
    ContainerInfo? Container,
    ulong Count,
    ulong FromNs,
    ulong ToNs);
