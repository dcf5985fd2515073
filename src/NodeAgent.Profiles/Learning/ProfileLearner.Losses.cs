// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Wire;

namespace NodeAgent.Profiles.Learning;

// What was lost: profiles that were being learned meanwhile are partial.
public sealed partial class ProfileLearner
{
    private ulong _lastLossNs;

    public void OnLoss(in LossEvent loss)
    {
        if (loss.Kind is EventKind.Fork or EventKind.Exit or EventKind.CgroupMkdir or EventKind.CgroupRmdir or EventKind.CgroupAttach)
        {
            return; // no profile is made of these
        }

        if (loss.Container is { CgroupId: not 0 } container)
        {
            // What was lost may have been the first of it, so the loss is its first sign of life.
            _nowNs = Math.Max(_nowNs, loss.ToNs);
            if (Resolve(container) is { } profile)
            {
                AddLoss(profile, loss);
            }

            return;
        }

        if (loss is { Cause: LossCause.Budget, CgroupId: not 0 })
        {
            return; // it is known whose it is: no container's
        }

        _lastLossNs = Math.Max(_lastLossNs, loss.ToNs);
        foreach (LearnedProfile profile in _profiles.Values)
        {
            AddLoss(profile, loss);
        }
    }

    private static void AddLoss(LearnedProfile profile, in LossEvent loss)
    {
        if (profile.IsLearning)
        {
            if (loss.ToNs >= profile.WindowStartNs && profile.ActiveCount > 0)
            {
                profile.AddReason(PartialReasons.EventsLost);
                profile.AddMissed(default(PartialWindow).With(Math.Max(loss.FromNs, profile.WindowStartNs), loss.ToNs));
            }
        }
        else if (profile.CompletedAtNs > 0 && profile.Reasons == PartialReasons.None
            && loss.FromNs < profile.CompletedAtNs && loss.ToNs >= profile.WindowStartNs)
        {
            ulong end = Math.Min(loss.ToNs, profile.CompletedAtNs);
            profile.AddLateReason(PartialReasons.EventsLost, default(PartialWindow).With(Math.Max(loss.FromNs, profile.WindowStartNs), end)); // reported after the end, but it happened before
        }
    }
}
