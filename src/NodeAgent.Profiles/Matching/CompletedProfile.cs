// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Capabilities;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>The read side of a profile, for rules: asked per event, allocates nothing on the common path. Any thread.</summary>
/// <remarks>Paths come as the kernel's bytes, or as the <c>ByteText</c> made of them.</remarks>
public sealed class CompletedProfile
{
    private const int StackPath = 512;

    private readonly PathIndex<ExecCalls[]> _execs;
    private readonly PathIndex<uint> _opens;
    private readonly PeerRules _ingress;
    private readonly PeerRules _egress;
    private readonly RequestRules _requests;
    private readonly HashSet<string> _capabilities;
    private readonly HashSet<string> _syscalls;
    private readonly PolicyIndex _policies;

    /// <param name="ownNamespace">Where neighbours are that name none.</param>
    public CompletedProfile(ContainerProfileSpec spec, string ownNamespace = "")
        : this([spec], ownNamespace)
    {
    }

    /// <param name="specs">What any of them holds is held.</param>
    /// <param name="ownNamespace">Where neighbours are that name none.</param>
    public CompletedProfile(IReadOnlyList<ContainerProfileSpec> specs, string ownNamespace)
    {
        ArgumentNullException.ThrowIfNull(specs);
        _execs = new(specs.SelectMany(spec => spec.Execs ?? []).Select(exec => (exec.Path ?? string.Empty, new[] { exec })), static (a, b) => [.. a, .. b]);
        _opens = new(specs.SelectMany(spec => spec.Opens ?? []).Select(open => (open.Path ?? string.Empty, OpenFlags.FromNames(open.Flags ?? []))), static (a, b) => a | b);
        _ingress = new PeerRules(specs.SelectMany(spec => spec.Ingress ?? []), ownNamespace);
        _egress = new PeerRules(specs.SelectMany(spec => spec.Egress ?? []), ownNamespace);
        _requests = new RequestRules(specs.SelectMany(spec => spec.Endpoints ?? []));
        _capabilities = [.. specs.SelectMany(spec => spec.Capabilities ?? [])];
        _syscalls = [.. specs.SelectMany(spec => spec.Syscalls ?? [])];
        _policies = new PolicyIndex(specs);
    }

    /// <param name="path">Shape: <c>ByteText</c>.</param>
    public bool WasExecuted(ReadOnlySpan<char> path) =>
        Ask(path, this, static (text, self) => self._execs.Any(text, 0, static (_, _) => true));

    public bool WasExecuted(ReadOnlySpan<byte> path) =>
        Ask(path, this, static (text, self) => self._execs.Any(text, 0, static (_, _) => true));

    /// <param name="arguments">Shape: <c>ByteText</c> per argument, argv[0] included.</param>
    /// <returns>True when an entry of the path allows these arguments: by listing them, whether or not it says they are required.</returns>
    public bool WasExecutedWithArgs(ReadOnlySpan<char> path, IReadOnlyList<string> arguments) =>
        Ask(path, (Self: this, Arguments: Escaped(arguments)), static (text, state) => state.Self._execs.Any(
            text, state.Arguments, static (entries, args) => AnyMatches(entries, args)));

    public bool WasOpened(ReadOnlySpan<char> path) => Ask(path, this, static (text, self) => self._opens.Any(text, 0, static (_, _) => true));

    public bool WasOpened(ReadOnlySpan<byte> path) => Ask(path, this, static (text, self) => self._opens.Any(text, 0, static (_, _) => true));

    /// <param name="flags">Shape: the caller's flags of open(2).</param>
    /// <returns>True when one entry covers the path and was seen with all of these flags.</returns>
    public bool WasOpened(ReadOnlySpan<byte> path, uint flags) =>
        Ask(path, (Self: this, Mask: OpenFlags.ToMask(flags)), static (text, state) =>
            state.Self._opens.Any(text, state.Mask, static (allowed, mask) => (mask & ~allowed) == 0));

    /// <inheritdoc cref="WasOpened(ReadOnlySpan{byte}, uint)"/>
    public bool WasOpened(ReadOnlySpan<char> path, uint flags) =>
        Ask(path, (Self: this, Mask: OpenFlags.ToMask(flags)), static (text, state) =>
            state.Self._opens.Any(text, state.Mask, static (allowed, mask) => (mask & ~allowed) == 0));

    public bool IsDomainInEgress(ReadOnlySpan<char> name) => _egress.HasName(name);

    /// <param name="port">The port that is called.</param>
    public bool IsAddressInEgress(NetAddress address, int port, TransportProtocol protocol) => _egress.HasAddress(address, port, protocol);

    /// <param name="port">Where the pods listen.</param>
    public bool IsPeerInEgress(PeerSelector peer, int port, TransportProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return _egress.HasPeer(peer, port, protocol);
    }

    /// <param name="capability">Shape: its number.</param>
    public bool HasCapability(int capability) => _capabilities.Contains(CapabilityNames.Of(capability));

    /// <param name="name">Shape: <c>openat</c>.</param>
    public bool HasSyscall(ReadOnlySpan<char> name) => _syscalls.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);

    /// <summary>Whether any file that begins and ends so was opened.</summary>
    public bool WasOpenedLike(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end) => _opens.AnyLike(start, end);

    public bool IsDomainInIngress(ReadOnlySpan<char> name) => _ingress.HasName(name);

    /// <param name="port">The port of ours that was called.</param>
    public bool IsAddressInIngress(NetAddress address, int port, TransportProtocol protocol) => _ingress.HasAddress(address, port, protocol);

    /// <inheritdoc cref="IsPeerInEgress"/>
    public bool IsPeerInIngress(PeerSelector peer, int port, TransportProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return _ingress.HasPeer(peer, port, protocol);
    }

    /// <summary>Whatever the port and protocol.</summary>
    public bool IsAddressKnown(NetAddress address, bool egress) => (egress ? _egress : _ingress).HasAddress(address);

    /// <inheritdoc cref="IsAddressKnown"/>
    public bool IsPeerKnown(PeerSelector peer, bool egress)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return (egress ? _egress : _ingress).HasPeer(peer);
    }

    /// <param name="endpoint">Shape: <c>:80/path</c>; without a port, of any.</param>
    /// <param name="methods">All of them; empty = any.</param>
    /// <param name="isPrefix">It is how the path begins.</param>
    /// <param name="isSuffix">It is how the path ends.</param>
    public bool HasEndpoint(ReadOnlySpan<byte> endpoint, IReadOnlyList<string> methods, bool isPrefix = false, bool isSuffix = false) =>
        _requests.HasEndpoint(endpoint, HttpMethods.OfNames(methods), isPrefix, isSuffix);

    /// <param name="host">Shape: as in a <c>Host</c> header.</param>
    public bool HasHost(ReadOnlySpan<byte> host) => _requests.HasHost(host);

    /// <summary>Whether the policy of a rule lets a process do what the rule tells of.</summary>
    public bool AllowsProcess(string ruleId, ReadOnlySpan<byte> comm) => _policies.Allows(ruleId, comm);

    // What stands in profiles already: path text, which must not be escaped once more.
    internal bool HoldsOpen(ReadOnlySpan<byte> text, uint mask) => _opens.Any(text, mask, static (allowed, asked) => (asked & ~allowed) == 0);

    internal bool HoldsExec(ReadOnlySpan<byte> text, IReadOnlyList<string> arguments) =>
        _execs.Any(text, arguments, static (entries, args) => AnyMatches(entries, args));

    internal bool HoldsRequest(HttpServiceKey service, ReadOnlySpan<byte> text, uint methods, ReadOnlySpan<byte> host) => _requests.Has(service, text, methods, host);

    internal PeerRules Peers(bool egress) => egress ? _egress : _ingress;

    private static bool AnyMatches(ExecCalls[] entries, IReadOnlyList<string> arguments)
    {
        foreach (ExecCalls entry in entries)
        {
            // Who writes a profile and lists no arguments means all; what is learned always lists them.
            if (ExecArguments.Matches(entry.Args ?? [], entry.Args is not null || entry.ArgsRequired, arguments))
            {
                return true;
            }
        }

        return false;
    }

    // Learned arguments have the wildcard character escaped, so the asked ones must have it too; hardly any holds it.
    private static IReadOnlyList<string> Escaped(IReadOnlyList<string> arguments)
    {
        for (int i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].Contains('⋯', StringComparison.Ordinal))
            {
                return [.. arguments.Select(argument => PathText.Argument(Events.Text.ByteText.Encode(argument)))];
            }
        }

        return arguments;
    }

    private static bool Ask<TState>(ReadOnlySpan<char> path, TState state, Func<ReadOnlySpan<byte>, TState, bool> ask)
    {
        if (path.IndexOfAny('⋯', '*') >= 0 || path.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return ask(Encoding.UTF8.GetBytes(PathText.FromByteText(path.ToString())), state);
        }

        byte[]? rented = null;
        int size = Encoding.UTF8.GetMaxByteCount(path.Length);
        Span<byte> buffer = size <= StackPath ? stackalloc byte[StackPath] : rented = ArrayPool<byte>.Shared.Rent(size);
        bool answer = ask(buffer[..Encoding.UTF8.GetBytes(path, buffer)], state);
        Return(rented);
        return answer;
    }

    private static bool Ask<TState>(ReadOnlySpan<byte> path, TState state, Func<ReadOnlySpan<byte>, TState, bool> ask)
    {
        if (PathText.IsPlain(path))
        {
            return ask(path, state);
        }

        byte[]? rented = null;
        int size = (path.Length * PathText.Growth) + PathText.Slack;
        Span<byte> buffer = size <= StackPath ? stackalloc byte[StackPath] : rented = ArrayPool<byte>.Shared.Rent(size);
        bool answer = ask(PathText.Write(path, buffer), state);
        Return(rented);
        return answer;
    }

    private static void Return(byte[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
