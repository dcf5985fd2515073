// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

// How far what was learned is generalised can be changed while it is learned: all that was seen is still there.
public sealed partial class ProfileLearner
{
    private volatile CollapseRules? _newestRules;

    /// <summary>Takes over how paths are generalised: from the next tick on, profiles are. Any thread.</summary>
    /// <remarks>What was over its bounds was generalised by the rules of that time, and stays so.</remarks>
    public void Use(CollapseRules rules) => _newestRules = rules;

    private void TakeRules()
    {
        if (_newestRules is not { } rules || ReferenceEquals(rules, _options.Bounds.Collapse))
        {
            return;
        }

        _options.Bounds.Collapse = rules;
        foreach (LearnedProfile profile in _profiles.Values)
        {
            if (!profile.IsUserDefined)
            {
                profile.Regeneralize();
                ForgetActive(profile);
            }
        }
    }
}
