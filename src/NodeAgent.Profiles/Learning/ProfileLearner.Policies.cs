// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;

namespace NodeAgent.Profiles.Learning;

// What rules may let pass by process: what such a rule would have told of while the container learned.
public sealed partial class ProfileLearner
{
    public void OnFileChange(in FileChangeEvent change, EventSubject subject)
    {
        if (!change.Failed && PolicyRules.OfLink(change.Record.Operation, change.OtherPath) is { } rule)
        {
            TakePolicy(Following(subject, change.Record.Header.TimeNs), rule, change.Record.Header);
        }
    }

    public void OnPrivilege(in PrivilegeEvent privilege, EventSubject subject)
    {
        if (!privilege.Failed && privilege.Record.Operation is PrivilegeOperation.IoUringSetup or PrivilegeOperation.IoUringSubmit)
        {
            TakePolicy(Following(subject, privilege.Record.Header.TimeNs), PolicyRules.IoUring, privilege.Record.Header);
        }
    }

    private void TakePolicy(LearnedProfile? profile, string rule, in HeaderRecord header)
    {
        if (profile is { IsLearning: true } && (header.Flags & HeaderFlags.Entrant) == 0)
        {
            ReadOnlySpan<byte> name = header.Comm;
            int end = name.IndexOf((byte)0);
            Learned(profile, profile.Behavior.Policies.Add(rule, end < 0 ? name : name[..end]));
        }
    }
}
