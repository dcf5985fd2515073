// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.Profiles.Learning;

/// <summary>One profile and where it stands: <c>initializing</c> → <c>ready</c> → <c>completed</c>. The event loop's.</summary>
/// <remarks>
/// All time is boot time. The learning window begins with the container; what was learned before the agent
/// restarted is kept as a length of time, so no clock that can jump is ever stored.
/// </remarks>
internal sealed partial class LearnedProfile
{
    private readonly HashSet<ContainerInfo> _active = [];
    private CompletedProfile? _completed;
    private LearnedBehavior? _drift;
    private ContainerProfileSpec? _authored;
    private ContainerProfileSpec? _overlay;

    private readonly UnsavedMark? _unsaved;
    private bool _isUnsaved;

    // Restored from a checkpoint after which nothing was missed: what its containers did is known, though this agent came later.
    private bool _continues;

    public LearnedProfile(ProfileIdentity identity, ProfileBounds bounds, UnsavedMark? unsaved = null)
    {
        Identity = identity;
        IsLearning = !IsUserDefined;
        _unsaved = unsaved;
        Behavior = new LearnedBehavior(bounds);
        Unnamed = new UnnamedPeers(bounds.MaxEndpoints);
        State = NewState();
    }

    public ProfileIdentity Identity { get; private set; }

    public LearnedBehavior Behavior { get; }

    /// <summary>What was seen since it was completed, and is not in it.</summary>
    public LearnedBehavior Drift => _drift ??= new LearnedBehavior(ProfileBounds.OfDrift);

    public bool HasDrift => _drift is not null;

    /// <summary>Differs from the drift that was last published, or is to be compared with what is allowed now.</summary>
    public bool IsDriftDirty { get; set; }

    public ulong NextDriftNs { get; set; }

    /// <summary>Its pod names a profile that somebody wrote: nothing is learned.</summary>
    public bool IsUserDefined => Identity.UserDefinedProfile.Length > 0;

    /// <summary>The profile that its pod names is not there.</summary>
    public bool IsUnresolved => IsUserDefined && _authored is null;

    /// <summary>Met, and no part of the behaviour yet.</summary>
    public UnnamedPeers Unnamed { get; }

    public string Status { get; private set; } = ProfileStatus.Initializing;

    public bool IsLearning { get; private set; }

    public bool IsCompleted => Status == ProfileStatus.Completed;

    /// <summary>Of the result; while nothing is completed, the same as <see cref="WindowReasons"/>.</summary>
    public PartialReasons Reasons { get; private set; }

    public PartialReasons WindowReasons { get; private set; }

    public ProfileState State { get; private set; }

    public int ActiveCount => _active.Count;

    /// <summary>The containers that run.</summary>
    public IReadOnlyCollection<ContainerInfo> Active => _active;

    /// <summary>Differs from what was last published.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Differs from the last checkpoint.</summary>
    public bool IsUnsaved
    {
        get => _isUnsaved;
        set
        {
            _isUnsaved = value;
            if (value)
            {
                _unsaved?.Set();
            }
        }
    }

    public bool WasPublished { get; set; }

    public ulong NextPublishNs { get; set; }

    public ulong NextSaveNs { get; set; }

    public ulong LastActiveNs { get; private set; }

    public ulong CompletedAtNs { get; private set; }

    public ulong WindowStartNs { get; private set; }

    /// <summary>When something new was learned last, or the window began.</summary>
    public ulong LastNewsNs { get; set; }

    // Units: ns learned in former runs of the agent, until a container of it is seen again.
    private ulong? _carriedNs;

    // Units: ns of this window that lay in former runs. Kept apart: after a reboot the boot clock is younger than they are.
    private ulong _beforeNs;

    /// <param name="continues">Whether nothing was missed since it was captured.</param>
    public static LearnedProfile Restore(CapturedProfile captured, ProfileBounds bounds, UnsavedMark? unsaved = null, bool continues = false)
    {
        var profile = new LearnedProfile(captured.Identity, bounds, unsaved)
        {
            _continues = continues,
            Status = captured.Status,
            IsLearning = captured.Learning,
            Reasons = captured.Reasons,
            WindowReasons = captured.WindowReasons,
            IsDirty = true,
            _carriedNs = captured.LearnedNs,
            Missed = new PartialWindow(0, 0, captured.Missed),
            WindowMissed = new PartialWindow(0, 0, captured.WindowMissed),
            _savedAtMs = captured.CapturedAtMs,
        };
        profile.Behavior.Unite(captured.Behavior);
        profile.Refresh();
        return profile;
    }

    public void Identify(ProfileIdentity identity)
    {
        Identity = identity;
        IsLearning &= !IsUserDefined;
    }

    /// <summary>Takes over what people wrote for it.</summary>
    /// <returns>True when something changed.</returns>
    public bool Use(UserProfiles users)
    {
        ContainerType type = Identity.Instance.ContainerType;
        string container = Identity.Instance.ContainerName;
        ContainerProfileSpec? authored = IsUserDefined ? users.Authored(Identity.Namespace, Identity.UserDefinedProfile, type, container) : null;
        ContainerProfileSpec? overlay = users.Overlay(Identity.Namespace, Identity.WorkloadSlug, type, container);
        if (Equals(authored, _authored) && Equals(overlay, _overlay))
        {
            return false;
        }

        _authored = authored;
        _overlay = overlay;
        _completed = null;
        IsDriftDirty = HasDrift;
        NextDriftNs = 0;
        Refresh();
        return true;
    }

    public void Join(ContainerInfo container, ulong nowNs)
    {
        bool first = _active.Count == 0;
        bool fresh = WindowStartNs == 0 && _carriedNs is null;
        _active.Add(container);
        LastActiveNs = nowNs;
        if (IsUserDefined)
        {
            _carriedNs = null;
            return;
        }

        ulong startNs = container.SeenFromStart && container.FirstSeenNs > 0 ? Math.Min(container.FirstSeenNs, nowNs) : nowNs;
        if (!IsLearning)
        {
            _carriedNs = null;
            if (!container.SeenFromStart || Reasons == PartialReasons.None)
            {
                return;
            }

            // It completed as partial; this container can be observed whole, so learn once more, beside the rules.
            IsLearning = true;
            Begin(startNs, PartialReasons.None);
        }
        else if (fresh)
        {
            Begin(startNs, container.SeenFromStart ? PartialReasons.None : PartialReasons.StartedLate);
        }
        else if (container.SeenFromStart && WindowReasons != PartialReasons.None)
        {
            Begin(startNs, PartialReasons.None);
        }
        else if (first && _carriedNs is { } carried)
        {
            bool missed = !container.SeenFromStart && !_continues;
            Begin(nowNs, WindowReasons | (missed ? PartialReasons.AgentRestarted : PartialReasons.None));
            _beforeNs = carried;
            if (missed && _savedAtMs > 0)
            {
                WindowMissed = WindowMissed.With(new WallInterval(_savedAtMs, _savedAtMs)).With(nowNs, nowNs);
            }
        }
        else if (!container.SeenFromStart && !_continues)
        {
            AddReason(PartialReasons.StartedLate);
        }

        IsUnsaved = true;
    }

    /// <returns>True when it was the last one.</returns>
    public bool Leave(ContainerInfo container, ulong nowNs)
    {
        LastActiveNs = nowNs;
        return _active.Remove(container) && _active.Count == 0;
    }

    public void AddReason(PartialReasons reason)
    {
        if ((WindowReasons | reason) != WindowReasons)
        {
            WindowReasons |= reason;
            Touch();
        }
    }

    /// <summary>A loss was reported that began before the profile was completed.</summary>
    public void AddLateReason(PartialReasons reason, PartialWindow missed)
    {
        Reasons |= reason;
        Missed = Missed.Unite(missed);
        Touch();
    }

    public void Touch()
    {
        IsDirty = true;
        IsUnsaved = true;
        Refresh();
    }

    public ulong LearnedNs(ulong nowNs) =>
        _carriedNs ?? _beforeNs + (WindowStartNs == 0 || nowNs < WindowStartNs ? 0 : nowNs - WindowStartNs);

    public void MakeReady()
    {
        Status = ProfileStatus.Ready;
        Touch();
    }

    public void Complete(ulong nowNs)
    {
        // A window that ends in a second partial result keeps the reasons of neither hidden.
        Reasons = WindowReasons;
        Missed = WindowMissed;
        Status = ProfileStatus.Completed;
        IsLearning = false;
        CompletedAtNs = nowNs;
        _completed = null;
        IsDriftDirty = HasDrift;
        Touch();
    }

    public CapturedProfile Capture(ulong nowNs) => new(
        Identity, Status, IsLearning, LearnedNs(nowNs), IsCompleted ? Reasons : WindowReasons, WindowReasons, Behavior.Capture());

    /// <summary>Its behaviour is the drift.</summary>
    public CapturedProfile CaptureDrift() =>
        new(Identity, Status, false, 0, PartialReasons.None, PartialReasons.None, Drift.Capture() with { Collapse = Behavior.Collapse });

    private void Begin(ulong startNs, PartialReasons reasons)
    {
        WindowStartNs = Math.Max(startNs, 1);
        LastNewsNs = WindowStartNs;
        _carriedNs = null;
        _beforeNs = 0;
        WindowReasons = reasons;
        WindowMissed = reasons == PartialReasons.None ? default : WindowMissed;
        Refresh();
    }

    private void Refresh()
    {
        if (_completed is null && Specs() is { Count: > 0 } specs)
        {
            _completed = new CompletedProfile(specs, Identity.Namespace);
        }

        State = NewState();
    }

    private List<ContainerProfileSpec> Specs()
    {
        ContainerProfileSpec? own = IsUserDefined ? _authored : IsCompleted ? ContainerProfileBuilder.Spec(Capture(0)) : null;
        return own is null ? [] : _overlay is null ? [own] : [own, _overlay];
    }

    private ProfileState NewState()
    {
        if (IsUserDefined)
        {
            return new ProfileState(
                Identity.Namespace, Identity.Name, IsUnresolved ? ProfileStatus.Incomplete : ProfileStatus.Completed,
                IsUnresolved ? ProfileCompletion.Partial : ProfileCompletion.Complete, _completed);
        }

        PartialReasons reasons = IsCompleted ? Reasons : WindowReasons;
        return new ProfileState(
            Identity.Namespace, Identity.Name, Status,
            reasons == PartialReasons.None ? ProfileCompletion.Complete : ProfileCompletion.Partial, _completed)
        {
            SoFar = Status == ProfileStatus.Ready ? this : null,
        };
    }
}
