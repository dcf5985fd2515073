// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Threading.Channels;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Assembly;
using NodeAgent.Profiles.Drift;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.Profiles.Learning;

// What was seen goes into the profile while it learns. Later, what the profile does not hold goes beside it: what it would have to allow.
public sealed partial class ProfileLearner
{
    private UserProfiles _newestUsers = UserProfiles.None;
    private UserProfiles _users = UserProfiles.None;

    /// <summary>What profiles would have to allow: the newest of each, as long as nobody took it. Completes after <see cref="StopAsync"/>.</summary>
    public ChannelReader<DriftSnapshot> Drifts => _driftWorker.Snapshots;

    /// <summary>Takes over what people wrote: from the next tick on, profiles hold it. Any thread.</summary>
    public void Use(UserProfiles users) => Volatile.Write(ref _newestUsers, users);

    private void TakeUsers()
    {
        UserProfiles users = Volatile.Read(ref _newestUsers);
        if (ReferenceEquals(users, _users))
        {
            return;
        }

        _users = users;
        foreach (LearnedProfile profile in _profiles.Values)
        {
            TakeUsers(profile);
        }
    }

    // Who may do less now is judged anew, also for what the kernel does not tell twice.
    private void TakeUsers(LearnedProfile profile)
    {
        if (profile.Use(_users))
        {
            ForgetActive(profile);
        }
    }

    private void EmitDrift(LearnedProfile profile, bool final)
    {
        if (profile.IsDriftDirty && profile.State.Profile is { } allowed && (final || _nowNs >= profile.NextDriftNs))
        {
            profile.IsDriftDirty = false;
            profile.NextDriftNs = _nowNs + Ns(_options.UpdateInterval);
            _driftWorker.Enqueue(new DriftWork(profile.CaptureDrift(), allowed));
        }
    }

    private void GiveUpDrift(LearnedProfile profile)
    {
        if (profile.HasDrift)
        {
            _driftWorker.Enqueue(new DriftWork(profile.CaptureDrift(), null));
        }
    }

    private void TakeExec(LearnedProfile profile, ReadOnlySpan<byte> exe, ReadOnlySpan<byte> argv, bool any, ReadOnlySpan<byte> environment)
    {
        if (profile.IsLearning)
        {
            Learned(profile, profile.Behavior.Execs.Add(exe, argv, any, environment));
        }
        else if (profile.Behavior.Execs.Contains(exe, argv, any) || profile.Drift.Execs.Contains(exe, argv, any)
            || profile.State.Profile!.HoldsExec(exe, any ? [ExecArguments.Any] : ContainerProfileBuilder.Arguments(argv)))
        {
            _metrics.Known++;
        }
        else
        {
            Drifted(profile, profile.Drift.Execs.Add(exe, argv, any));
        }
    }

    private void TakeOpen(LearnedProfile profile, ReadOnlySpan<byte> path, uint mask)
    {
        if (profile.IsLearning)
        {
            Learned(profile, profile.Behavior.Opens.Add(path, mask));
        }
        else if (profile.Behavior.Opens.Contains(path, mask) || profile.State.Profile!.HoldsOpen(path, mask))
        {
            _metrics.Known++;
        }
        else
        {
            Drifted(profile, profile.Drift.Opens.Add(path, mask));
        }
    }

    private void TakeName(LearnedProfile profile, ReadOnlySpan<byte> name)
    {
        if (profile.IsLearning)
        {
            Learned(profile, profile.Behavior.Names.Add(name));
            return;
        }

        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        if (profile.Behavior.Names.Contains(name) || profile.State.Profile!.IsDomainInEgress(text[..Encoding.Latin1.GetChars(name, text)]))
        {
            _metrics.Known++;
        }
        else
        {
            Drifted(profile, profile.Drift.Names.Add(name));
        }
    }

    private void TakePeer(LearnedProfile profile, in LearnedPeer peer)
    {
        if (profile.IsLearning)
        {
            Learned(profile, profile.Behavior.Peers.Add(peer));
        }
        else if (profile.Behavior.Peers.Contains(peer) || profile.State.Profile!.Peers(peer.Egress).HasPeer(peer.Pods, peer.Port, peer.Protocol))
        {
            _metrics.Known++;
        }
        else
        {
            Drifted(profile, profile.Drift.Peers.Add(peer));
        }
    }

    private void TakeEndpoint(LearnedProfile profile, bool egress, NetAddress address, ushort port, TransportProtocol protocol, string? name)
    {
        if (profile.IsLearning)
        {
            Learned(profile, profile.Behavior.Endpoints.Add(egress, address, port, protocol, name));
        }
        else if (HoldsEndpoint(profile, egress, address, port, protocol))
        {
            _metrics.Known++;
        }
        else
        {
            Drifted(profile, profile.Drift.Endpoints.Add(egress, address, port, protocol, name));
        }
    }

    // Of one that learns: whether it was learned. Of another: whether it is allowed, or noted.
    private static bool HoldsEndpoint(LearnedProfile profile, bool egress, NetAddress address, ushort port, TransportProtocol protocol) =>
        profile.Behavior.Endpoints.Contains(egress, address, port, protocol)
        || (!profile.IsLearning && (profile.Drift.Endpoints.Contains(egress, address, port, protocol)
            || profile.State.Profile!.Peers(egress).HasAddress(address, port, protocol)));

    private void TakeRequest(
        LearnedProfile profile, HttpServiceKey service, ReadOnlySpan<byte> path, uint method, ReadOnlySpan<byte> host, ReadOnlySpan<byte> message)
    {
        if (profile.IsLearning)
        {
            Learned(profile, Add(profile.Behavior.Http, service, path, method, host, message));
        }
        else if (profile.Behavior.Http.Contains(service, path, method, host) || profile.State.Profile!.HoldsRequest(service, path, method, host))
        {
            _metrics.Known++;
        }
        else
        {
            Drifted(profile, Add(profile.Drift.Http, service, path, method, host, message));
        }
    }

    private void TakeCapability(LearnedProfile profile, uint capability)
    {
        if (profile.IsLearning)
        {
            Learned(profile, profile.Behavior.Capabilities.Add(capability));
        }
        else if (profile.Behavior.Capabilities.Contains(capability) || profile.State.Profile!.HasCapability((int)capability))
        {
            _metrics.Known++;
        }
        else
        {
            Drifted(profile, profile.Drift.Capabilities.Add(capability));
        }
    }

    private void Drifted(LearnedProfile profile, bool news)
    {
        if (!news)
        {
            _metrics.Known++;
            return;
        }

        _metrics.Drifted++;
        profile.IsDriftDirty = true;
    }
}
