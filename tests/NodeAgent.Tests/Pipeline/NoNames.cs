// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Tests.Pipeline;

/// <summary>Nobody asked for the address of anything.</summary>
internal sealed class NoNames : INameLookup
{
    public bool TryGetName(ContainerInfo container, NetAddress address, [NotNullWhen(true)] out string? name)
    {
        name = null;
        return false;
    }
}
