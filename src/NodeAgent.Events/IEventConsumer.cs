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
    // What a stage does not care for has an empty default: a stage names what it uses.
    /// <summary>Also called for processes that ran before the agent (<see cref="ExecEvent.IsSnapshot"/>).</summary>
    void OnExec(in ExecEvent exec, EventSubject subject)
    {
    }

    void OnFork(in ForkEvent fork, EventSubject subject)
    {
    }

    void OnExit(in ExitEvent exit, EventSubject subject)
    {
    }

    void OnOpen(in OpenEvent open, EventSubject subject)
    {
    }

    void OnTcp(in TcpEvent tcp, EventSubject subject)
    {
    }

    void OnFlow(in FlowEvent flow, EventSubject subject)
    {
    }

    void OnDns(in DnsEvent dns, EventSubject subject)
    {
    }

    void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
    }

    void OnExecFailed(in ExecFailedEvent failed, EventSubject subject)
    {
    }

    void OnCredentials(in CredentialsEvent credentials, EventSubject subject)
    {
    }

    void OnNamespace(in NamespaceEvent change, EventSubject subject)
    {
    }

    /// <summary>The subject is the sender; of an OOM kill, the victim.</summary>
    void OnSignal(in SignalEvent signal, EventSubject subject)
    {
    }

    void OnFileChange(in FileChangeEvent change, EventSubject subject)
    {
    }

    void OnSocket(in SocketEvent socket, EventSubject subject)
    {
    }

    void OnUnixConnect(in UnixConnectEvent connect, EventSubject subject)
    {
    }

    void OnPayload(in PayloadEvent payload, EventSubject subject)
    {
    }

    void OnCapability(in CapabilityEvent capability, EventSubject subject)
    {
    }

    void OnPrivilege(in PrivilegeEvent privilege, EventSubject subject)
    {
    }

    void OnSyscall(in SyscallEvent syscall, EventSubject subject)
    {
    }

    /// <summary>Events of a container (null: of the machine) were lost since the last call for it.</summary>
    void OnLoss(in LossEvent loss)
    {
    }

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

    /// <summary>A container was over its budget, and the kernel cut it.</summary>
    Budget,
}

/// <summary>A gap in the stream.</summary>
/// <param name="Cause">Where it happened.</param>
/// <param name="Kind">Which events are missing; None = any.</param>
/// <param name="CgroupId">Whose; 0 = unknown.</param>
/// <param name="Container">Whose, when the cgroup is a known container's.</param>
/// <param name="Count">How many.</param>
/// <param name="FromNs">Units: boot ns, the last time the counter was read without a change.</param>
/// <param name="ToNs">Units: boot ns.</param>
/// <param name="Class">Of a budget: which one.</param>
public readonly record struct LossEvent(
    LossCause Cause,
    Wire.EventKind Kind,
    ulong CgroupId,
    ContainerInfo? Container,
    ulong Count,
    ulong FromNs,
    ulong ToNs,
    Wire.EventClass Class = Wire.EventClass.None);
