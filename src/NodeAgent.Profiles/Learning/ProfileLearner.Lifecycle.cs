// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Learning;

// The life of profiles: which container belongs to which, when they are written and when they are completed.
public sealed partial class ProfileLearner
{
    private const ulong SweepIntervalNs = 200_000_000;

    // Units: ns after the start until a restored profile without a container is taken for one whose container ended meanwhile.
    private const ulong AbandonedNs = 120_000_000_000;

    private readonly Dictionary<ContainerInfo, Binding> _bindings = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, LearnedProfile> _profiles = new(StringComparer.Ordinal);
    private readonly List<ContainerInfo> _gone = [];
    private readonly ConcurrentDictionary<string, byte> _requested = new(StringComparer.Ordinal);
    private ContainerInfo? _lastContainer;
    private Binding? _lastBinding;
    private ulong _nowNs;
    private ulong _nextSweepNs;
    private ulong _startedNs;
    private ulong _lastLossNs;
    private int _stopped;
    private int _learning;
    private bool _metSinceSweep;

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

    public void OnTick(ulong bootTimeNs)
    {
        _nowNs = Math.Max(_nowNs, bootTimeNs);
        if (_nowNs < _nextSweepNs)
        {
            return;
        }

        _nextSweepNs = _nowNs + SweepIntervalNs;
        _startedNs = _startedNs == 0 ? _nowNs : _startedNs;
        LeaveRemoved();
        HashSet<string>? asked = _requested.IsEmpty ? null : [.. _requested.Keys];
        foreach (string key in asked ?? [])
        {
            _requested.TryRemove(key, out _); // now, so that one that comes meanwhile waits for the next sweep
        }

        int learning = 0;
        bool unsaved = false;
        foreach ((string key, LearnedProfile profile) in _profiles)
        {
            Advance(profile);
            Emit(profile, asked?.Contains(key) ?? false, final: false);
            learning += profile.IsLearning ? 1 : 0;
            unsaved |= profile.IsUnsaved;
        }

        _metrics.Profiles = _profiles.Count;
        _metrics.Learning = learning;
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
                Emit(profile, requested: false, final: true);
            }

            _worker.Complete();
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

    private void Restore(CheckpointStore store)
    {
        IReadOnlyList<CapturedProfile> captured = store.Load();
        foreach (CapturedProfile one in captured.Take(_options.MaxProfiles))
        {
            _profiles[one.Identity.Key] = LearnedProfile.Restore(one, _options.Bounds, _unsaved, _options.ContinuesWithoutGap);
        }

        if (captured.Count > 0)
        {
            Log.CheckpointsLoaded(_logger, captured.Count);
        }
    }

    // The profile that this event may teach something, or null.
    private LearnedProfile? Learning(EventSubject subject, ulong timeNs)
    {
        ContainerInfo container = subject.Container;
        if (container.CgroupId == 0)
        {
            _metrics.Unattributed++;
            return null;
        }

        _nowNs = Math.Max(_nowNs, timeNs);
        LearnedProfile? profile = Resolve(container);
        return profile is { IsLearning: true } ? profile : null;
    }

    private LearnedProfile? Resolve(ContainerInfo container)
    {
        if (ReferenceEquals(container, _lastContainer) && ReferenceEquals(_lastBinding!.Identity, container.Identity))
        {
            return _lastBinding.Profile;
        }

        if (!_bindings.TryGetValue(container, out Binding? binding))
        {
            if (container.RemovedNs != 0)
            {
                _metrics.Unattributed++;
                return null; // a straggler of a container whose learning is over
            }

            // A rule may ask of a container before any event told the time; a window that began at 0 would be over at once.
            _nowNs = Math.Max(_nowNs, container.FirstSeenNs);
            if (_nowNs == 0)
            {
                return null;
            }

            LearnedProfile? profile = ProfileFor(ProfileIdentity.Of(container, _options));
            if (profile is null)
            {
                _metrics.Refused++;
                return null;
            }

            _bindings[container] = binding = new Binding(container.Identity, profile);
            Join(profile, container);
            _metSinceSweep |= profile.IsLearning;
            _filter?.Forget(container.CgroupId);
        }
        else if (!ReferenceEquals(binding.Identity, container.Identity))
        {
            Rebind(container, binding);
        }

        _lastContainer = container;
        _lastBinding = binding;
        return binding.Profile;
    }

    // More became known of the container: usually only its image; sometimes whose it is, and then its profile moves.
    private void Rebind(ContainerInfo container, Binding binding)
    {
        binding.Identity = container.Identity;
        ProfileIdentity identity = ProfileIdentity.Of(container, _options);
        LearnedProfile old = binding.Profile;
        if (identity.Key == old.Identity.Key)
        {
            old.Identity = identity;
            old.Touch();
            return;
        }

        if (ProfileFor(identity) is not { } profile)
        {
            return;
        }

        Join(profile, container);
        if (old.IsLearning && profile.IsLearning)
        {
            profile.Behavior.Unite(old.Behavior.Capture());
            profile.AddReason(old.WindowReasons);
            profile.Touch();
        }

        binding.Profile = profile;
        _filter?.Forget(container.CgroupId);
        if (old.Leave(container, _nowNs))
        {
            _profiles.Remove(old.Identity.Key);
            _worker.Enqueue(new ProfileWork(old.Capture(_nowNs), old.WasPublished, Force: true, Checkpoint: false, Remove: true));
        }
    }

    private void Join(LearnedProfile profile, ContainerInfo container)
    {
        profile.Join(container, _nowNs);

        // Of a container that lived already when something was lost, but was not met yet, it may have been lost.
        if (profile.IsLearning && container.SeenFromStart && container.FirstSeenNs > 0 && _lastLossNs >= container.FirstSeenNs)
        {
            profile.AddReason(PartialReasons.EventsLost);
        }
    }

    private LearnedProfile? ProfileFor(ProfileIdentity identity)
    {
        if (_profiles.TryGetValue(identity.Key, out LearnedProfile? profile))
        {
            profile.Identity = identity;
            return profile;
        }

        if (_profiles.Count >= _options.MaxProfiles && !EvictIdle())
        {
            return null;
        }

        profile = new LearnedProfile(identity, _options.Bounds, _unsaved);
        _profiles[identity.Key] = profile;
        Log.LearningStarted(_logger, identity.Key);
        return profile;
    }

    private bool EvictIdle()
    {
        LearnedProfile? oldest = null;
        foreach (LearnedProfile profile in _profiles.Values)
        {
            if (profile.ActiveCount == 0 && (oldest is null || profile.LastActiveNs < oldest.LastActiveNs))
            {
                oldest = profile;
            }
        }

        if (oldest is null)
        {
            return false;
        }

        if (_metrics.Evicted++ == 0)
        {
            Log.TooManyProfiles(_logger, _options.MaxProfiles);
        }

        // What was published stays in the storage: only this node's memory of it goes.
        _profiles.Remove(oldest.Identity.Key);
        _worker.Enqueue(new ProfileWork(oldest.Capture(_nowNs), Publish: false, Force: false, Checkpoint: false, Remove: true));
        return true;
    }

    private void LeaveRemoved()
    {
        foreach (ContainerInfo container in _bindings.Keys)
        {
            if (container.RemovedNs != 0)
            {
                _gone.Add(container);
            }
        }

        foreach (ContainerInfo container in _gone)
        {
            LearnedProfile profile = _bindings[container].Profile;
            _bindings.Remove(container);
            if (profile.Leave(container, _nowNs) && profile.IsLearning)
            {
                Complete(profile);
            }
        }

        if (_gone.Count > 0)
        {
            _gone.Clear();
            _lastContainer = null;
            _lastBinding = null;
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
        if (learned >= Ns(_options.LearningPeriod))
        {
            Complete(profile);
        }
        else if (profile.Status == Api.Names.ProfileStatus.Initializing && learned >= Ns(_options.InitialDelay))
        {
            profile.MakeReady();
        }
    }

    private void Complete(LearnedProfile profile)
    {
        profile.Complete(_nowNs);

        // Once more, now to be judged by what was learned.
        foreach (ContainerInfo container in profile.Active)
        {
            _filter?.Forget(container.CgroupId);
        }

        profile.NextPublishNs = 0;
        Log.ProfileCompleted(_logger, profile.Identity.Key, profile.State.Completion, profile.Reasons == PartialReasons.None ? string.Empty : " (" + profile.Reasons.ToText() + ")");
    }

    private void Emit(LearnedProfile profile, bool requested, bool final)
    {
        bool hasData = profile.Status != Api.Names.ProfileStatus.Initializing;
        bool publish = hasData && (requested || (profile.IsDirty && (final || _nowNs >= profile.NextPublishNs)));
        bool save = profile.IsUnsaved && (final || _nowNs >= profile.NextSaveNs);

        // The clock of learning runs on without events: a kill may cost 2 % of the period, a stop nothing.
        save |= profile.IsLearning && profile.ActiveCount > 0 && (final || _nowNs >= profile.NextSaveNs + (Ns(_options.LearningPeriod) / 50));
        if (!publish && !save)
        {
            return;
        }

        _worker.Enqueue(new ProfileWork(profile.Capture(_nowNs), publish, requested, save, Remove: false));
        if (publish)
        {
            profile.IsDirty = false;
            profile.WasPublished = true;
            profile.NextPublishNs = _nowNs + Ns(_options.UpdateInterval);
        }

        if (save)
        {
            profile.IsUnsaved = false;
            profile.NextSaveNs = _nowNs + Ns(_options.CheckpointInterval);
        }
    }

    private static void AddLoss(LearnedProfile profile, in LossEvent loss)
    {
        if (profile.IsLearning)
        {
            if (loss.ToNs >= profile.WindowStartNs && profile.ActiveCount > 0)
            {
                profile.AddReason(PartialReasons.EventsLost);
            }
        }
        else if (profile.CompletedAtNs > 0 && profile.Reasons == PartialReasons.None
            && loss.FromNs < profile.CompletedAtNs && loss.ToNs >= profile.WindowStartNs)
        {
            profile.AddLateReason(PartialReasons.EventsLost); // reported after the end, but it happened before
        }
    }

    private sealed class Binding(ContainerIdentity identity, LearnedProfile profile)
    {
        public ContainerIdentity Identity { get; set; } = identity;

        public LearnedProfile Profile { get; set; } = profile;
    }
}
