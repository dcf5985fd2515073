// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Pipeline;

/// <summary>Shows the learner's profiles to the rules. For the event loop's thread.</summary>
/// <param name="peers">Which pods are behind an address; null = nobody knows.</param>
/// <param name="whileLearning">Whether one that learns counts too, from its first write on, with what it has seen until then.</param>
internal sealed class CompletedProfiles(ProfileLearner learner, IPeerLookup? peers = null, bool whileLearning = false) : IProfileLookup
{
    // States are replaced, never changed: so one view per state lives as long as the state does.
    private readonly ConditionalWeakTable<ProfileState, ProfileStateView> _views = [];

    public bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view)
    {
        view = null;
        if (!learner.TryGetProfile(container, out ProfileState? state))
        {
            return false;
        }

        view = _views.TryGetValue(state, out ProfileStateView? known) ? known : _views.GetValue(state, s => new ProfileStateView(s, peers, whileLearning ? s.SoFar : null));
        return true;
    }
}
