// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;

namespace NodeAgent.Profiles.Learning;

/// <summary>Which name a container asked for when it was told an address; the agent adapts its DNS cache to it.</summary>
public interface INameLookup
{
    /// <summary>Called on the event loop's thread, once per new peer: no blocking, no I/O.</summary>
    /// <param name="name">Shape: DNS name; the trailing dot and upper case do not matter.</param>
    bool TryGetName(ContainerInfo container, NetAddress address, [NotNullWhen(true)] out string? name);
}
