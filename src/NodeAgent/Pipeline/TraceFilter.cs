// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Pipeline;

[Flags]
public enum TraceKind
{
    None = 0,
    Exec = 1,
    Exit = 2,
    Open = 4,
    Net = 8,
    Dns = 16,

    /// <summary>Changes of files, folders and mounts.</summary>
    File = 32,

    /// <summary>Credentials, namespaces, signals.</summary>
    Process = 64,

    /// <summary>Capabilities, and calls that reach into other processes or the kernel.</summary>
    Privilege = 128,

    /// <summary>The first call of each number in a container.</summary>
    Syscall = 256,
    All = Exec | Exit | Open | Net | Dns | File | Process | Privilege | Syscall,
}

/// <summary>What a live view shows.</summary>
/// <param name="Kinds">Which events.</param>
/// <param name="Container">Name, id, start of an id (4 characters or more), or workload name; null = all.</param>
/// <param name="Namespace">Workload namespace; null = all.</param>
public sealed record TraceFilter(TraceKind Kinds, string? Container, string? Namespace)
{
    private const int LeastIdPrefix = 4;

    public bool Accepts(TraceKind kind, ContainerInfo container)
    {
        if ((Kinds & kind) == 0)
        {
            return false;
        }

        ContainerIdentity identity = container.Identity;
        return (Namespace is null || identity.Workload.Namespace == Namespace)
            && (Container is null
                || identity.ContainerName == Container
                || identity.Workload.Name == Container
                || (Container.Length >= LeastIdPrefix && identity.ContainerId.StartsWith(Container, StringComparison.Ordinal)));
    }
}
