// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Processes;

/// <summary>What the process table asks of /proc.</summary>
public interface IProcfs
{
    /// <summary>The arguments of a running process.</summary>
    /// <returns>Shape: arguments, each ended by NUL, at most 4,096 bytes; null when that very process is gone or hidden.</returns>
    byte[]? ReadArgv(ProcessKey key);
}
