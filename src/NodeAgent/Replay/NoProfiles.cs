// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Replay;

/// <summary>No container has a profile.</summary>
internal sealed class NoProfiles : IProfileLookup
{
    public static NoProfiles Instance { get; } = new();

    public bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view)
    {
        view = null;
        return false;
    }
}
