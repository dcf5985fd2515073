// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Learning;

// Which container belongs to which profile, and when both come and go.
public sealed partial class ProfileLearner
{
    // How long a pod's container that has begun, or ended, waits for the last who may tell whose it is. Units: ns.
    private const ulong NamingPatienceNs = 5_000_000_000;

    private readonly Dictionary<ContainerInfo, Binding> _bindings = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, LearnedProfile> _profiles = new(StringComparer.Ordinal);
    private readonly List<ContainerInfo> _gone = [];
    private readonly ConcurrentDictionary<string, byte> _requested = new(StringComparer.Ordinal);
    private ContainerInfo? _lastContainer;
    private Binding? _lastBinding;
    private ulong _nowNs;
    private bool _metSinceSweep;

    // The profile that this event may teach something, or that it may drift from; or null.
    private LearnedProfile? Following(EventSubject subject, ulong timeNs)
    {
        ContainerInfo container = subject.Container;
        if (container.CgroupId == 0)
        {
            _metrics.Unattributed++;
            return null;
        }

        _nowNs = Math.Max(_nowNs, timeNs);
        LearnedProfile? profile = Resolve(container);
        return profile is { IsLearning: true } || (_options.FollowDrift && profile is { State.Profile: not null }) ? profile : null;
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

            TakeUsers(profile);
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
            old.Identify(identity);
            TakeUsers(old);
            old.Touch();
            return;
        }

        if (ProfileFor(identity) is not { } profile)
        {
            return;
        }

        TakeUsers(profile);
        Join(profile, container);
        if (old.IsLearning && profile.IsLearning)
        {
            profile.Behavior.Unite(old.Behavior.Capture());
            old.Unnamed.CopyTo(profile.Unnamed);
            profile.AddReason(old.WindowReasons);
            profile.AddMissed(old.WindowMissed);
            profile.Touch();
        }

        binding.Profile = profile;
        _filter?.Forget(container.CgroupId);
        if (old.Leave(container, _nowNs))
        {
            _profiles.Remove(old.Identity.Key);
            GiveUpDrift(old);
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
            profile.AddMissed(default(PartialWindow).With(_lastLossNs, _lastLossNs));
        }
    }

    private LearnedProfile? ProfileFor(ProfileIdentity identity)
    {
        if (_profiles.TryGetValue(identity.Key, out LearnedProfile? profile))
        {
            profile.Identify(identity);
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
        NamePeers(oldest, all: true);
        _profiles.Remove(oldest.Identity.Key);
        _worker.Enqueue(new ProfileWork(oldest.Capture(_nowNs), Publish: false, Force: false, Checkpoint: false, Remove: true));
        return true;
    }

    // A container can end before anybody was able to say what it was: its profile would be that of an id, and of nobody.
    private bool MayBeNamedYet(ContainerInfo container) =>
        container.Identity is { Kind: UnitKind.Container, Source: < IdentitySource.ApiServer, PodUid.Length: > 0 } && _nowNs < container.RemovedNs + NamingPatienceNs;

    // What is published under a name stays in the storage: one whose container the runtime has not named yet would be left there.
    private bool IsBeingNamed(LearnedProfile profile) =>
        profile.Active.All(container => container.Identity is { Kind: UnitKind.Container, Source: IdentitySource.CgroupPath, PodUid.Length: > 0 }
            && _nowNs < container.FirstSeenNs + NamingPatienceNs);

    private void LeaveRemoved()
    {
        foreach (ContainerInfo container in _bindings.Keys)
        {
            if (container.RemovedNs != 0 && !MayBeNamedYet(container))
            {
                _gone.Add(container);
            }
        }

        foreach (ContainerInfo container in _gone)
        {
            // What became known after its last event: no further one will tell.
            Binding binding = _bindings[container];
            if (!ReferenceEquals(binding.Identity, container.Identity))
            {
                Rebind(container, binding);
            }

            LearnedProfile profile = binding.Profile;
            _bindings.Remove(container);
            if (profile.Leave(container, _nowNs) && profile.IsLearning)
            {
                profile.AddReason(binding.HasFailed ? PartialReasons.EndedEarly : PartialReasons.None);
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

    private sealed class Binding(ContainerIdentity identity, LearnedProfile profile)
    {
        public ContainerIdentity Identity { get; set; } = identity;

        public LearnedProfile Profile { get; set; } = profile;

        /// <summary>Its entry point ended by an error.</summary>
        public bool HasFailed { get; set; }
    }
}
