// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Events.Identity;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules;

/// <summary>Who an event belongs to, as the rules see it. One per engine, refilled for each event.</summary>
public sealed class RuleContext(IProfileLookup profiles)
{
    private ProfileView? _profile;
    private bool _profileAsked;

    public EventSubject Subject { get; private set; } = new();

    public ProcessInfo Process => Subject.Process;

    public ContainerInfo Container => Subject.Container;

    /// <summary>How the container was set up: mounts, names of environment variables, capabilities, seccomp; null while nobody told, and for what is no container.</summary>
    /// <remarks>Image, digest and labels are in the <see cref="ContainerInfo.Identity"/>.</remarks>
    public ContainerConfiguration? Configuration => Container.Identity.Configuration;

    /// <summary>The parent, unless it lives in another unit: a runtime's shim is no part of the container it starts.</summary>
    public ProcessInfo? ParentInUnit =>
        Process.Parent is { } parent && parent.Container.CgroupId == Container.CgroupId ? parent : null;

    /// <summary>Looks the container's profile up once per event, in whatever state it is.</summary>
    public bool TryGetProfile([NotNullWhen(true)] out ProfileView? profile)
    {
        if (!_profileAsked)
        {
            _profileAsked = true;
            _profile = profiles.TryGet(Container, out ProfileView? found) ? found : null;
        }

        profile = _profile;
        return profile is not null;
    }

    public bool TryGetCompletedProfile([NotNullWhen(true)] out ProfileView? profile) =>
        TryGetProfile(out profile) && profile.IsCompleted;

    internal void Begin(EventSubject subject)
    {
        Subject = subject;
        _profile = null;
        _profileAsked = false;
    }
}
