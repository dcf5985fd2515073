// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Time;
using NodeAgent.Profiles.Assembly;

namespace NodeAgent.Profiles.Learning;

// When what makes it partial was missed, and what else is told beside what was learned.
internal sealed partial class LearnedProfile
{
    // Units: ms since 1970, when the checkpoint was taken of which it was restored.
    private long _savedAtMs;

    /// <summary>When something was missed, beside <see cref="Reasons"/> and <see cref="WindowReasons"/>.</summary>
    public PartialWindow Missed { get; private set; }

    public PartialWindow WindowMissed { get; private set; }

    /// <summary>Something was missed; why is told apart.</summary>
    public void AddMissed(PartialWindow missed)
    {
        PartialWindow united = WindowMissed.Unite(missed);
        if (united != WindowMissed)
        {
            WindowMissed = united;
            IsDirty = true;
            IsUnsaved = true;
        }
    }

    /// <summary>What was learned is to be generalised in another way.</summary>
    public void Regeneralize()
    {
        _completed = null;
        IsDriftDirty = HasDrift;
        NextDriftNs = 0;
        NextPublishNs = 0;
        Touch();
    }

    /// <param name="clock">Tells when something was missed.</param>
    public CapturedProfile Capture(ulong nowNs, WallClock clock) => Capture(nowNs) with
    {
        Missed = (IsCompleted ? Missed : WindowMissed).ToWall(clock),
        WindowMissed = WindowMissed.ToWall(clock),
        CapturedAtMs = clock.ToUnixNs(nowNs) / 1_000_000,
    };
}
