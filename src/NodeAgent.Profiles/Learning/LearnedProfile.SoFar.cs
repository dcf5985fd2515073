// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Learning;

// What rules may ask before it is completed.
internal sealed partial class LearnedProfile : ILearnedSoFar
{
    private const int StackText = 1024;

    public bool WasExecuted(ReadOnlySpan<byte> path) => Ask(path, Behavior, static (text, behavior) => behavior.Execs.Contains(text));

    public bool WasOpened(ReadOnlySpan<byte> path) => Ask(path, Behavior, static (text, behavior) => behavior.Opens.Contains(text, 0));

    public bool IsDomainInEgress(ReadOnlySpan<byte> name) => Behavior.Names.Contains(name.TrimEnd((byte)'.'));

    public bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol) =>
        Behavior.Endpoints.Contains(true, address, port, protocol) || Unnamed.Contains(new UnnamedPeer(address, port, protocol, Egress: true));

    public bool IsPeerInEgress(PeerSelector peer, ushort port, TransportProtocol protocol) => Behavior.Peers.Contains(new LearnedPeer(peer, port, protocol, Egress: true));

    public bool HasSyscall(int number) => number >= 0 && Behavior.Syscalls.Contains((uint)number);

    public bool HasCapability(int capability) => capability >= 0 && Behavior.Capabilities.Contains((uint)capability);

    private static bool Ask(ReadOnlySpan<byte> path, LearnedBehavior behavior, Func<ReadOnlySpan<byte>, LearnedBehavior, bool> ask)
    {
        if (PathText.IsPlain(path))
        {
            return ask(path, behavior);
        }

        int size = (path.Length * PathText.Growth) + PathText.Slack;
        Span<byte> buffer = size <= StackText ? stackalloc byte[StackText] : new byte[size];
        return ask(PathText.Write(path, buffer), behavior);
    }
}
