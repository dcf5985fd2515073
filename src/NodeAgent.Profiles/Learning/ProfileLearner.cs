// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Events;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Time;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Checkpoints;
using NodeAgent.Profiles.Drift;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Learning;

/// <summary>Learns what each container does. The events come on the event loop's thread; what it makes leaves by <see cref="Snapshots"/>.</summary>
/// <remarks>
/// An event that tells nothing new costs one or two look-ups and allocates nothing. Objects and checkpoints are made in a
/// background task, of immutable copies.
/// </remarks>
public sealed partial class ProfileLearner : IEventConsumer, IAsyncDisposable
{
    private const int StackText = 1024;
    private const uint Sigterm = 15;
    private const uint SignalExit = 128; // how shells tell of a signal

    private readonly ProfileOptions _options;
    private readonly INameLookup _names;
    private readonly IRepeatFilter? _filter;
    private readonly IPeerLookup? _peers;
    private readonly ILogger _logger;
    private readonly ProfilesMetrics _metrics = new();
    private readonly UnsavedMark _unsaved;
    private readonly WallClock _clock;
    private readonly ProfileWorker _worker;
    private readonly DriftWorker _driftWorker;
    private readonly Task _working;

    /// <param name="options">Checked here: <see cref="ProfileOptions.Validate"/>.</param>
    /// <param name="time">For retries and file names only; learning time is event time.</param>
    /// <param name="filter">Told of each container whose behaviour must be seen from the beginning; null = nothing is filtered.</param>
    /// <param name="peers">Which pods are behind an address; null = nobody knows.</param>
    /// <exception cref="ArgumentException">An option is wrong; the message names its key.</exception>
    public ProfileLearner(
        ProfileOptions options, INameLookup names, TimeProvider time, ILogger<ProfileLearner> logger, IRepeatFilter? filter = null, IPeerLookup? peers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _unsaved = new UnsavedMark(options.UnsavedChanged);
        _clock = new WallClock(time);
        _names = names;
        _filter = filter;
        _peers = peers;
        _logger = logger;
        var store = new CheckpointStore(options.CheckpointDirectory, time, logger, _metrics);
        _worker = new ProfileWorker(_metrics, store, options.ClusterName, options.CheckpointInterval, time, logger);
        var drifts = new CheckpointStore(options.CheckpointDirectory.Length == 0 ? string.Empty : Path.Combine(options.CheckpointDirectory, "drift"), time, logger, _metrics);
        _driftWorker = new DriftWorker(_metrics, drifts, options.ClusterName, options.HostName, logger);
        Restore(store, drifts);
        _working = Task.WhenAll(Task.Run(_worker.RunAsync), Task.Run(_driftWorker.RunAsync));
    }

    /// <summary>Profiles to be stored: the newest of each, as long as nobody took it. Completes after <see cref="StopAsync"/>.</summary>
    public ChannelReader<ProfileSnapshot> Snapshots => _worker.Snapshots;

    /// <summary>The state of a container's profile. Event loop's thread; no allocation.</summary>
    /// <returns>False when the container has none: it is not known which it is, it is gone, or there was no room.</returns>
    public bool TryGetProfile(ContainerInfo container, [NotNullWhen(true)] out ProfileState? state)
    {
        ArgumentNullException.ThrowIfNull(container);

        // Rules stand before this stage: of a new container they ask before its first event comes here.
        state = container.CgroupId == 0 ? null : Resolve(container)?.State;
        return state is not null;
    }

    /// <summary>Who knows the files of images from now on. Any thread.</summary>
    public void Use(IImageFiles images)
    {
        ArgumentNullException.ThrowIfNull(images);
        _worker.Use(images);
    }

    /// <summary>Asks for a profile to be published again, as after a failed shipment. Any thread.</summary>
    /// <param name="key"><see cref="ProfileSnapshot.Key"/>; one that is not known is ignored.</param>
    public void MarkDirty(string key)
    {
        if (_requested.Count < _options.MaxProfiles)
        {
            _requested.TryAdd(key, 0);
        }
    }

    public void OnExec(in ExecEvent exec, EventSubject subject)
    {
        if (Following(subject, exec.Record.Header.TimeNs) is not { } profile || exec.Exe.IsEmpty)
        {
            return;
        }

        // A runtime that executes a copy of itself on its way in.
        if ((exec.Record.Header.Flags & HeaderFlags.Entrant) != 0)
        {
            _metrics.OfEntrants++;
            return;
        }

        if (PolicyRules.HooksLinker(exec.Environment))
        {
            TakePolicy(profile, PolicyRules.LinkerHook, exec.Record.Header);
        }

        bool any = (exec.Record.Flags & ExecFlags.ArgvTruncated) != 0;
        if (PathText.IsPlain(exec.Exe))
        {
            TakeExec(profile, exec.Exe, exec.Argv, any, exec.Environment);
            return;
        }

        Span<byte> buffer = Buffer(exec.Exe.Length, stackalloc byte[StackText]);
        TakeExec(profile, PathText.Write(exec.Exe, buffer), exec.Argv, any, exec.Environment);
    }

    public void OnOpen(in OpenEvent open, EventSubject subject)
    {
        if (Following(subject, open.Record.Header.TimeNs) is not { } profile)
        {
            return;
        }

        // Who sets a container up opens what the container itself never does.
        if ((open.Record.Header.Flags & HeaderFlags.Entrant) != 0)
        {
            _metrics.OfEntrants++;
            return;
        }

        ReadOnlySpan<byte> path = open.Path;
        if (open.Failed)
        {
            if (profile.IsLearning)
            {
                profile.Behavior.AddFailedOpen(path);
            }

            return;
        }

        // A path that was cut lost its beginning; a profile cannot hold what does not begin at the root.
        if (path.IsEmpty || path[0] != (byte)'/' || (open.Record.RecordFlags & OpenRecordFlags.PathTruncated) != 0)
        {
            _metrics.Unusable++;
            return;
        }

        if (PolicyRules.HooksLinker(path, open.Record.Flags))
        {
            TakePolicy(profile, PolicyRules.LinkerHook, open.Record.Header);
        }

        uint mask = OpenFlags.ToMask(open.Record.Flags);
        if (PathText.IsPlain(path))
        {
            TakeOpen(profile, path, mask);
            return;
        }

        Span<byte> buffer = Buffer(path.Length, stackalloc byte[StackText]);
        TakeOpen(profile, PathText.Write(path, buffer), mask);
    }

    public void OnTcp(in TcpEvent tcp, EventSubject subject)
    {
        if (tcp.Record.Direction == FlowDirection.Unknown || Following(subject, tcp.Record.Header.TimeNs) is not { } profile)
        {
            return;
        }

        // Told of a connect is its outcome: one that is under way is told of when it succeeded or failed, and no attempt is permission.
        if (tcp.Record.Error != 0)
        {
            profile.Behavior.FailedConnects += profile.IsLearning ? 1 : 0;
            return;
        }

        bool egress = tcp.Record.Direction == FlowDirection.Outbound;
        ushort port = egress ? tcp.Record.RemotePort : tcp.Record.LocalPort;
        LearnPeer(profile, subject, egress, tcp.RemoteAddress, port, TransportProtocol.Tcp, tcp.Record.Header.TimeNs);
    }

    public void OnFlow(in FlowEvent flow, EventSubject subject)
    {
        if (flow.Record.Direction == FlowDirection.Unknown || flow.Record.Protocol is not (6 or 17 or 132)
            || Following(subject, flow.Record.Header.TimeNs) is not { } profile)
        {
            return;
        }

        bool egress = flow.Record.Direction == FlowDirection.Outbound;
        var protocol = (TransportProtocol)flow.Record.Protocol;
        NetAddress remote = flow.RemoteAddress;

        // Nothing in a datagram says who began: an answer is what goes back to a peer that is known the other way round.
        ulong time = flow.Record.Header.TimeNs;
        if (!IsKnown(profile, !egress, remote, egress ? flow.Record.LocalPort : flow.Record.RemotePort, protocol, time))
        {
            LearnPeer(profile, subject, egress, remote, egress ? flow.Record.RemotePort : flow.Record.LocalPort, protocol, time);
        }
    }

    public void OnDns(in DnsEvent dns, EventSubject subject)
    {
        if (Following(subject, dns.Record.Header.TimeNs) is not { } profile)
        {
            return;
        }

        Span<byte> name = stackalloc byte[DnsAnswerName.MaxLength];
        if (dns.Record.Direction == FlowDirection.Inbound && DnsAnswerName.TryRead(dns.Message, name, out int length))
        {
            TakeName(profile, name[..length]);
        }
    }

    public void OnFork(in ForkEvent fork, EventSubject subject)
    {
        // A new process does nothing yet that a profile lists.
    }

    public void OnExit(in ExitEvent exit, EventSubject subject)
    {
        // The end of a process teaches nothing; the end of a container is noticed in OnTick. But whether it failed, only this tells.
        if (subject.Container.EntryPoint is { } entry && ReferenceEquals(entry, subject.Process) && HasFailed(exit.Record)
            && _bindings.TryGetValue(subject.Container, out Binding? binding))
        {
            binding.HasFailed = true;
        }
    }

    public void OnCgroup(in CgroupEvent cgroup, EventSubject subject)
    {
        // Containers are the enrichment's; a new one is met with its first event.
    }

    // One that was asked to end, as when its pod is replaced, has not failed.
    private static bool HasFailed(in ExitRecord exit) =>
        (exit.ExitCode != 0 && exit.ExitCode != SignalExit + Sigterm) || (exit.Signal != 0 && exit.Signal != Sigterm);

    private void Learned(LearnedProfile profile, bool news)
    {
        if (!news)
        {
            _metrics.Known++;
            return;
        }

        _metrics.Learned++;
        profile.LastNewsNs = _nowNs;
        profile.IsDirty = true;
        profile.IsUnsaved = true;
    }

    private static Span<byte> Buffer(int pathLength, Span<byte> stack)
    {
        int size = (pathLength * PathText.Growth) + PathText.Slack;
        return size <= stack.Length ? stack : new byte[size];
    }
}
