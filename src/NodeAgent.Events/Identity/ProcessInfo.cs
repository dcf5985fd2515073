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
    private const int MaxAncestors = 64;

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

    /// <summary>Shape: <c>ByteText</c>, the script that was executed (<see cref="ExePath"/> is its interpreter); empty for most.</summary>
    public string Script { get; set; } = string.Empty;

    /// <summary>Shape: <c>ByteText</c>, NAME=VALUE of the allow-listed names; as they were at the exec.</summary>
    public IReadOnlyList<string> Environment { get; set; } = [];

    /// <summary>What descriptor 0 was at the exec.</summary>
    public StdinType StdinType { get; set; }

    /// <summary>Of that descriptor: the same pipe or socket has the same number; 0 = none.</summary>
    public ulong StdinInode { get; set; }

    /// <summary>Pid of the session's leader in the initial pid namespace; 0 = not known.</summary>
    public uint Session { get; set; }

    /// <summary>Controlling terminal as major &lt;&lt; 20 | minor; 0 = none.</summary>
    public uint Tty { get; set; }

    public uint Uid { get; set; }

    public uint Gid { get; set; }

    public uint EffectiveUid { get; set; }

    /// <summary>Shape: bit n is capability n, of the effective set: as it was at the exec, or at the last change that was told.</summary>
    public ulong Capabilities { get; set; }

    /// <summary>Units: ns of CLOCK_BOOTTIME; 0 while it runs.</summary>
    public ulong ExitTimeNs { get; set; }

    /// <summary>Where it is now: a process that is moved to another cgroup is in another container from then on.</summary>
    public ContainerInfo Container { get; set; } = ContainerInfo.Unknown;

    /// <summary>
    /// The container in which it, or the ancestor that brought it there, was executed first. It stays through moves: what began in
    /// a container is not somebody else's because it changed its cgroup. A process from outside belongs to the container in which
    /// it executes, as runtimes start them.
    /// </summary>
    public ContainerInfo OriginalContainer { get; set; } = ContainerInfo.Unknown;

    /// <summary>
    /// True for what somebody started in a running container from outside (<c>kubectl exec</c>, <c>docker exec</c>, an exec probe),
    /// and for its children: the first of them that was in the container is not the container's entry point.
    /// </summary>
    public bool IsSession
    {
        get
        {
            ProcessInfo first = this;
            for (int depth = 0; depth < MaxAncestors && first.Parent is { } parent && ReferenceEquals(parent.OriginalContainer, OriginalContainer); depth++)
            {
                first = parent;
            }

            return OriginalContainer.EntryPoint is { } entry && !ReferenceEquals(first, entry);
        }
    }

    /// <summary>True for a process that left its original container without entering one nested in it.</summary>
    public bool HasLeftItsContainer =>
        !ReferenceEquals(Container, OriginalContainer) && OriginalContainer.Identity.Kind == UnitKind.Container && !Container.IsInside(OriginalContainer);
}
