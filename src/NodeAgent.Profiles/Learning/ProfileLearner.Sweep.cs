// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Learning;

// The course of time: when profiles become ready, are completed, are published and saved.
public sealed partial class ProfileLearner
{
    private const ulong SweepIntervalNs = 200_000_000;

    // Units: ns after the start until a restored profile without a container is taken for one whose container ended meanwhile.
    private const ulong AbandonedNs = 120_000_000_000;

    private ulong _nextSweepNs;
    private ulong _startedNs;
    private int _stopped;
    private int _learning;

    public void OnTick(ulong bootTimeNs)
    {
        _nowNs = Math.Max(_nowNs, bootTimeNs);
        if (_nowNs < _nextSweepNs)
        {
            return;
        }

        _nextSweepNs = _nowNs + SweepIntervalNs;
        _startedNs = _startedNs == 0 ? _nowNs : _startedNs;
        _clock.Synchronise(_nowNs);
        LeaveRemoved();
        TakeUsers();
        TakeRules();
        HashSet<string>? asked = _requested.IsEmpty ? null : [.. _requested.Keys];
        foreach (string key in asked ?? [])
        {
            _requested.TryRemove(key, out _); // now, so that one that comes meanwhile waits for the next sweep
        }

        int learning = 0;
        int unresolved = 0;
        bool unsaved = false;
        foreach ((string key, LearnedProfile profile) in _profiles)
        {
            NamePeers(profile, all: false);
            Advance(profile);
            Emit(profile, asked?.Contains(key) ?? false, final: false);
            EmitDrift(profile, final: false);
            unresolved += profile.IsUnresolved ? 1 : 0;
            learning += profile.IsLearning ? 1 : 0;
            unsaved |= profile.IsUnsaved;
        }

        _metrics.Profiles = _profiles.Count;
        _metrics.Learning = learning;
        _metrics.Unresolved = unresolved;
        _learning = learning;
        _metSinceSweep = false;
        if (!unsaved && _worker.HasWrittenAll)
        {
            _unsaved.Clear();
        }
    }

    /// <summary>Call it when the event loop has ended: writes what is unsaved and completes <see cref="Snapshots"/>.</summary>
    /// <remarks>Learning that goes on stays unfinished in the checkpoint, and continues with the next start.</remarks>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _stopped, 1) == 0)
        {
            foreach (LearnedProfile profile in _profiles.Values)
            {
                NamePeers(profile, all: true);
                Emit(profile, requested: false, final: true);
                EmitDrift(profile, final: true);
            }

            _worker.Complete();
            _driftWorker.Complete();
        }

        await _working.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_worker.HasWrittenAll)
        {
            _unsaved.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _metrics.Dispose();
    }

    private static ulong Ns(TimeSpan span) => (ulong)span.Ticks * 100;

    private void Restore(CheckpointStore store, CheckpointStore drifts)
    {
        IReadOnlyList<CapturedProfile> captured = store.Load();
        foreach (CapturedProfile one in captured.Take(_options.MaxProfiles))
        {
            _profiles[one.Identity.Key] = LearnedProfile.Restore(one, _options.Bounds, _unsaved, _options.ContinuesWithoutGap);
        }

        foreach (CapturedProfile drift in drifts.Load())
        {
            _profiles.GetValueOrDefault(drift.Identity.Key)?.Drift.Unite(drift.Behavior);
        }

        if (captured.Count > 0)
        {
            Log.CheckpointsLoaded(_logger, captured.Count);
        }
    }

    private void Advance(LearnedProfile profile)
    {
        if (!profile.IsLearning)
        {
            return;
        }

        if (profile.ActiveCount == 0)
        {
            if (_nowNs - _startedNs >= AbandonedNs)
            {
                profile.AddReason(PartialReasons.AgentRestarted);
                Complete(profile);
            }

            return;
        }

        ulong learned = profile.LearnedNs(_nowNs);
        if (learned >= Ns(profile.Identity.LearningPeriod ?? _options.LearningPeriod) || IsSaturated(profile))
        {
            Complete(profile);
        }
        else if (profile.Status == Api.Names.ProfileStatus.Initializing && learned >= Ns(_options.InitialDelay) && !IsBeingNamed(profile))
        {
            profile.MakeReady();
        }
    }

    // Only what is ready: a container that has just started has nothing new for a moment, too.
    private bool IsSaturated(LearnedProfile profile) =>
        _options.Saturation > TimeSpan.Zero && profile.Status == Api.Names.ProfileStatus.Ready && _nowNs > profile.LastNewsNs
        && _nowNs - profile.LastNewsNs >= Ns(_options.Saturation);

    private void Complete(LearnedProfile profile)
    {
        NamePeers(profile, all: true);
        profile.Complete(_nowNs);

        // Once more, now to be judged by what was learned.
        ForgetActive(profile);
        profile.NextPublishNs = 0;
        Log.ProfileCompleted(_logger, profile.Identity.Key, profile.State.Completion, profile.Reasons == PartialReasons.None ? string.Empty : " (" + profile.Reasons.ToText() + ")");
    }

    private void ForgetActive(LearnedProfile profile)
    {
        foreach (ContainerInfo container in profile.Active)
        {
            _filter?.Forget(container.CgroupId);
        }
    }

    private void Emit(LearnedProfile profile, bool requested, bool final)
    {
        if (profile.IsUserDefined)
        {
            return; // Who wrote it has it.
        }

        bool hasData = profile.Status != Api.Names.ProfileStatus.Initializing;
        bool publish = hasData && (requested || (profile.IsDirty && (final || _nowNs >= profile.NextPublishNs)));
        bool save = profile.IsUnsaved && (final || _nowNs >= profile.NextSaveNs);

        // The clock of learning runs on without events: a kill may cost 2 % of the period, a stop nothing.
        save |= profile.IsLearning && profile.ActiveCount > 0 && (final || _nowNs >= profile.NextSaveNs + (Ns(_options.LearningPeriod) / 50));
        if (!publish && !save)
        {
            return;
        }

        _worker.Enqueue(new ProfileWork(profile.Capture(_nowNs, _clock), publish, requested, save, Remove: false));
        if (publish)
        {
            profile.IsDirty = false;
            profile.WasPublished = true;
            profile.NextPublishNs = _nowNs + Ns(_options.UpdateInterval);
        }

        if (save)
        {
            profile.IsUnsaved = profile.Unnamed.Count > 0;
            profile.NextSaveNs = _nowNs + Ns(_options.CheckpointInterval);
        }
    }
}
