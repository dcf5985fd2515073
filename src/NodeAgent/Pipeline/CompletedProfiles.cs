// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Interop.Platform;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Pipeline;

/// <summary>Shows the learner's profiles to the rules. For the event loop's thread.</summary>
/// <param name="peers">Which pods are behind an address; null = nobody knows.</param>
/// <param name="whileLearning">Whether one that learns counts too, from its first write on, with what it has seen until then.</param>
internal sealed class CompletedProfiles(ProfileLearner learner, IPeerLookup? peers = null, bool whileLearning = false) : IProfileLookup
{
    // States are replaced, never changed: so one view per state lives as long as the state does.
    private readonly ConditionalWeakTable<ProfileState, View> _views = [];

    public bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view)
    {
        view = null;
        if (!learner.TryGetProfile(container, out ProfileState? state))
        {
            return false;
        }

        view = _views.TryGetValue(state, out View? known) ? known : _views.GetValue(state, s => new View(s, peers, whileLearning ? s.SoFar : null));
        return true;
    }

    private sealed class View(ProfileState state, IPeerLookup? peers, ILearnedSoFar? soFar) : ProfileView
    {
        public override string Name => state.Name;

        public override string Status => state.Status;

        public override string Completion => state.Completion;

        public override string Checksum => string.Empty;

        public override bool IsCompleted => state.Profile is not null || soFar is not null;

        public override bool WasExecuted(ReadOnlySpan<byte> path) => state.Profile?.WasExecuted(path) ?? soFar?.WasExecuted(path) ?? false;

        public override bool WasOpened(ReadOnlySpan<byte> path) => state.Profile?.WasOpened(path) ?? soFar?.WasOpened(path) ?? false;

        public override bool IsDomainInEgress(ReadOnlySpan<byte> name)
        {
            if (state.Profile is null)
            {
                return soFar?.IsDomainInEgress(name) ?? false;
            }

            // Presentation form is ASCII (RFC 4343), so each byte is a character.
            Span<char> text = stackalloc char[Events.Dns.DnsName.MaxTextLength];
            return name.Length <= text.Length
                && System.Text.Ascii.ToUtf16(name, text, out int length) == System.Buffers.OperationStatus.Done
                && state.Profile.IsDomainInEgress(text[..length]);
        }

        public override bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol) =>
            IsAddressInEgress(address, port, protocol, BootClock.NowNs);

        // Addresses count too where pods are known: they may have been learned before the API server answered.
        public override bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
            IsAddress(address, port, protocol)
            || (peers is not null && peers.TryFind(address, port, protocol, timeNs, out PeerSelector? pods, out ushort target)
                && IsPeer(pods, target != 0 ? target : port, protocol));

        private bool IsAddress(NetAddress address, ushort port, TransportProtocol protocol) =>
            state.Profile?.IsAddressInEgress(address, port, protocol) ?? soFar?.IsAddressInEgress(address, port, protocol) ?? false;

        private bool IsPeer(PeerSelector pods, ushort port, TransportProtocol protocol) =>
            state.Profile?.IsPeerInEgress(pods, port, protocol) ?? soFar?.IsPeerInEgress(pods, port, protocol) ?? false;
    }
}
