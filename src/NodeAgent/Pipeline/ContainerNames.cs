// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Enrichment.Names;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Pipeline;

/// <summary>Gives the profiles the names that enrichment learned from DNS answers, per container.</summary>
internal sealed class ContainerNames(DnsNames names) : INameLookup
{
    public bool TryGetName(ContainerInfo container, NetAddress address, [NotNullWhen(true)] out string? name)
    {
        bool found = names.TryGetName(container, address, out string known);
        name = found ? known : null;
        return found;
    }
}
