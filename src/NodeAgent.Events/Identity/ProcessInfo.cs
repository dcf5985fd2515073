// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Wire;

namespace NodeAgent.Events.Identity;

/// <summary>Identity of a process: pids are reused, a pid with its start time is not.</summary>
/// <param name="Pid">The kernel's tgid in the initial pid namespace.</param>
/// <param name="StartTimeNs">Units: ns of CLOCK_BOOTTIME.</param>
public readonly record struct ProcessKey(uint Pid, ulong StartTimeNs);

/// <summary>What is known of one process. Owned and changed by the process table on the event loop's thread.</summary>
public sealed class ProcessInfo(ProcessKey key)
{
    public static ProcessInfo Unknown { get; } = new(default);

    public ProcessKey Key { get; } = key;

    public uint Pid => Key.Pid;

    /// <summary>Null when the parent is gone and forgotten, or was never seen.</summary>
    public ProcessInfo? Parent { get; set; }

    public uint ParentPid { get; set; }

    /// <summary>Shape: <c>ByteText</c> of at most 15 bytes.</summary>
    public string Comm { get; set; } = string.Empty;

    /// <summary>Shape: <c>ByteText</c>, absolute path in the process's mount namespace, or <c>memfd:NAME</c>; empty = not known.</summary>
    public string ExePath { get; set; } = string.Empty;

    public string Cwd { get; set; } = string.Empty;

    /// <summary>Shape: <c>ByteText</c> per argument.</summary>
    public IReadOnlyList<string> Argv { get; set; } = [];

    public ExecFlags ExecFlags { get; set; }

    public uint Uid { get; set; }

    public uint Gid { get; set; }

    public uint EffectiveUid { get; set; }

    /// <summary>Units: ns of CLOCK_BOOTTIME; 0 while it runs.</summary>
    public ulong ExitTimeNs { get; set; }

    public ContainerInfo Container { get; set; } = ContainerInfo.Unknown;
}
