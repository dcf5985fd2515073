// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Identity;

/// <summary>Who an event belongs to. One instance per event loop, refilled for each event: copy what you keep.</summary>
public sealed class EventSubject
{
    /// <summary>The process; a placeholder with only pid and comm when it was never seen to start.</summary>
    public ProcessInfo Process { get; set; } = ProcessInfo.Unknown;

    /// <summary>The container or other workload unit.</summary>
    public ContainerInfo Container { get; set; } = ContainerInfo.Unknown;
}
