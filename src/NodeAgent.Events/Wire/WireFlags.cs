// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Events.Wire;

/// <summary>Source: <c>enum na_header_flag</c>.</summary>
[Flags]
public enum HeaderFlags : ushort
{
    None = 0,

    /// <summary>The task fields come from the socket's owner, not from the current task.</summary>
    Softirq = 1,

    /// <summary>Seen before and told again, since it still happens.</summary>
    Repeated = 2,

    /// <summary>The process came into the cgroup from outside and has executed nothing there yet: a runtime that sets the container up.</summary>
    Entrant = 4,
}

/// <summary>Source: <c>enum na_direction</c>.</summary>
public enum FlowDirection : ushort
{
    Unknown = 0,

    /// <summary>We connected, or we sent.</summary>
    Outbound = 1,

    /// <summary>The peer connected, or sent.</summary>
    Inbound = 2,
}

/// <summary>What budgets are kept for. Source: <c>enum na_class</c>.</summary>
public enum EventClass : uint
{
    None = 0,

    /// <summary>Exec, fork, exit and what changes a process.</summary>
    Process = 1,
    File = 2,
    Network = 3,
    Privilege = 4,
    Limit = 5,
}
