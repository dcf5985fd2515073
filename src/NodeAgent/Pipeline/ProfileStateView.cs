// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using NodeAgent.Events.Capabilities;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Net;
using NodeAgent.Events.Syscalls;
using NodeAgent.Events.Text;
using NodeAgent.Interop.Platform;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Pipeline;

/// <summary>One state of a profile, as rules ask it. For the event loop's thread.</summary>
/// <param name="peers">Which pods are behind an address; null = nobody knows.</param>
/// <param name="soFar">What one that learns has seen, where that counts too; else null.</param>
internal sealed class ProfileStateView(ProfileState state, IPeerLookup? peers, ILearnedSoFar? soFar) : ProfileView
{
    // Names of system calls and capabilities.
    private const int MaxNameLength = 64;

    public override string Name => state.Name;

    public override string Status => state.Status;

    public override string Completion => state.Completion;

    public override string Checksum => string.Empty;

    public override bool IsCompleted => state.Profile is not null || soFar is not null;

    public override bool WasExecuted(ReadOnlySpan<byte> path) => state.Profile?.WasExecuted(path) ?? soFar?.WasExecuted(path) ?? false;

    public override bool WasOpened(ReadOnlySpan<byte> path) => state.Profile?.WasOpened(path) ?? soFar?.WasOpened(path) ?? false;

    public override bool IsDomainInEgress(ReadOnlySpan<byte> name)
    {
        if (state.Profile is not { } profile)
        {
            return soFar?.IsDomainInEgress(name) ?? false;
        }

        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        return TryText(name, text, out int length) && profile.IsDomainInEgress(text[..length]);
    }

    // What learns has no names of those who call it: nothing is then told of them.
    public override bool IsDomainInIngress(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[DnsName.MaxTextLength];
        return state.Profile is not { } profile ? soFar is not null : TryText(name, text, out int length) && profile.IsDomainInIngress(text[..length]);
    }

    public override bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol) =>
        IsAddressInEgress(address, port, protocol, BootClock.NowNs);

    // Addresses count too where pods are known: they may have been learned before the API server answered.
    public override bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
        IsAddress(address, port, protocol)
        || (peers is not null && peers.TryFind(address, port, protocol, timeNs, out PeerSelector? pods, out ushort target)
            && IsPeer(pods, target != 0 ? target : port, protocol));

    public override bool IsAddressInEgress(NetAddress address, ulong timeNs) => IsKnown(address, egress: true, timeNs);

    public override bool IsAddressInIngress(NetAddress address, ulong timeNs) => IsKnown(address, egress: false, timeNs);

    public override bool IsAddressInIngress(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs) =>
        state.Profile is not { } profile ? soFar is not null
        : profile.IsAddressInIngress(address, port, protocol)
            || (peers is not null && peers.TryFind(address, 0, protocol, timeNs, out PeerSelector? pods, out _) && profile.IsPeerInIngress(pods, port, protocol));

    public override bool WasExecutedWithArgs(ReadOnlySpan<byte> path, IReadOnlyList<string> arguments) =>
        state.Profile is { } profile ? profile.WasExecutedWithArgs(ByteText.Decode(path), arguments) : soFar?.WasExecuted(path) ?? false;

    public override bool WasOpened(ReadOnlySpan<byte> path, uint flags) => state.Profile?.WasOpened(path, flags) ?? soFar?.WasOpened(path) ?? false;

    public override bool WasOpenedLike(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end) => state.Profile?.WasOpenedLike(start, end) ?? soFar is not null;

    public override bool WasSyscallUsed(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[MaxNameLength];
        return TryText(name, text, out int length)
            && (state.Profile?.HasSyscall(text[..length]) ?? soFar?.HasSyscall(SyscallNames.NumberOf(SyscallNames.Native, text[..length])) ?? false);
    }

    public override bool WasCapabilityUsed(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[MaxNameLength];
        return TryText(name, text, out int length)
            && CapabilityNames.NumberOf(text[..length]) is >= 0 and var number
            && (state.Profile?.HasCapability(number) ?? soFar?.HasCapability(number) ?? false);
    }

    public override bool WasEndpointAccessed(ReadOnlySpan<byte> endpoint, IReadOnlyList<string> methods, EndpointMatch match) =>
        state.Profile?.HasEndpoint(endpoint, methods, match == EndpointMatch.Prefix, match == EndpointMatch.Suffix) ?? soFar is not null;

    public override bool WasHostAccessed(ReadOnlySpan<byte> host) => state.Profile?.HasHost(host) ?? soFar is not null;

    public override bool AllowsProcess(string ruleId, ReadOnlySpan<byte> comm) => state.Profile?.AllowsProcess(ruleId, comm) ?? soFar is not null;

    private bool IsKnown(NetAddress address, bool egress, ulong timeNs) =>
        state.Profile is not { } profile ? soFar is not null
        : profile.IsAddressKnown(address, egress)
            || (peers is not null && peers.TryFind(address, 0, TransportProtocol.Tcp, timeNs, out PeerSelector? pods, out _) && profile.IsPeerKnown(pods, egress));

    // Presentation form is ASCII (RFC 4343), so each byte is a character.
    private static bool TryText(ReadOnlySpan<byte> name, Span<char> text, out int length)
    {
        length = 0;
        return name.Length <= text.Length && Ascii.ToUtf16(name, text, out length) == OperationStatus.Done;
    }

    private bool IsAddress(NetAddress address, ushort port, TransportProtocol protocol) =>
        state.Profile?.IsAddressInEgress(address, port, protocol) ?? soFar?.IsAddressInEgress(address, port, protocol) ?? false;

    private bool IsPeer(PeerSelector pods, ushort port, TransportProtocol protocol) =>
        state.Profile?.IsPeerInEgress(pods, port, protocol) ?? soFar?.IsPeerInEgress(pods, port, protocol) ?? false;
}
