// SPDX-License-Identifier: Apache-2.0
using System.Buffers;
using System.Text;
using NodeAgent.Api.SoftwareComposition;
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
    private readonly HashSet<string> _names;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _nameLookup;
    private readonly string[] _namePatterns;
    private readonly HashSet<(NetAddress Address, int Port, TransportProtocol Protocol)> _addresses = [];
    private readonly List<(AddressPattern Pattern, int Port, TransportProtocol Protocol)> _blocks = [];

    private readonly PeerPattern[] _peers;
    private readonly string _namespace;

    /// <param name="ownNamespace">Where neighbours are that name none.</param>
    public CompletedProfile(ContainerProfileSpec spec, string ownNamespace = "")
    {
        ArgumentNullException.ThrowIfNull(spec);
        _execs = new((spec.Execs ?? []).Select(exec => (exec.Path ?? string.Empty, new[] { exec })), static (a, b) => [.. a, .. b]);
        _opens = new((spec.Opens ?? []).Select(open => (open.Path ?? string.Empty, OpenFlags.FromNames(open.Flags ?? []))), static (a, b) => a | b);
        string[] names = [.. (spec.Egress ?? []).SelectMany(n => (n.DnsNames ?? []).Append(n.Dns ?? string.Empty)).Where(n => !DomainName.Trim(n).IsEmpty).Distinct()];
        _names = new HashSet<string>(names.Where(n => !DomainName.IsPattern(n)).Select(n => DomainName.Trim(n).ToString()), StringComparer.OrdinalIgnoreCase);
        _nameLookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        _namePatterns = [.. names.Where(n => DomainName.IsPattern(n))];
        _namespace = ownNamespace;
        _peers = [.. (spec.Egress ?? []).Select(neighbor => PeerPattern.Of(neighbor, Parse)).OfType<PeerPattern>()];
        foreach (NetworkNeighbor neighbor in spec.Egress ?? [])
        {
            foreach (string address in (neighbor.IpAddresses ?? []).Append(neighbor.IpAddress ?? string.Empty))
            {
                AddAddress(address, neighbor.Ports);
            }
        }
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

    public bool IsDomainInEgress(ReadOnlySpan<char> name)
    {
        ReadOnlySpan<char> trimmed = DomainName.Trim(name);
        if (_nameLookup.Contains(trimmed))
        {
            return true;
        }

        foreach (string pattern in _namePatterns)
        {
            if (DomainName.Matches(pattern, name))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="port">The port that is called.</param>
    public bool IsAddressInEgress(NetAddress address, int port, TransportProtocol protocol)
    {
        if (_addresses.Contains((address, port, protocol)))
        {
            return true;
        }

        foreach ((AddressPattern pattern, int allowed, TransportProtocol allowedProtocol) in _blocks)
        {
            if ((allowed == 0 || (allowed == port && allowedProtocol == protocol)) && pattern.Matches(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="port">Where the pods listen.</param>
    public bool IsPeerInEgress(PeerSelector peer, int port, TransportProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(peer);
        foreach (PeerPattern pattern in _peers)
        {
            if (pattern.Matches(peer, _namespace, port, protocol))
            {
                return true;
            }
        }

        return false;
    }

    private static bool AnyMatches(ExecCalls[] entries, IReadOnlyList<string> arguments)
    {
        foreach (ExecCalls entry in entries)
        {
            if (ExecArguments.Matches(entry.Args ?? [], true, arguments))
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

    private void AddAddress(string text, IReadOnlyList<NetworkPort>? ports)
    {
        if (!AddressPattern.TryParse(text, out AddressPattern pattern))
        {
            return;
        }

        if (ports is not { Count: > 0 })
        {
            _blocks.Add((pattern, 0, default));
        }

        foreach (NetworkPort port in ports ?? [])
        {
            if (Parse(port) is not { } parsed)
            {
                continue;
            }

            if (pattern.IsSingle(out NetAddress address))
            {
                _addresses.Add((address, parsed.Port, parsed.Protocol));
            }
            else
            {
                _blocks.Add((pattern, parsed.Port, parsed.Protocol));
            }
        }
    }

    private static (int Port, TransportProtocol Protocol)? Parse(NetworkPort port)
    {
        TransportProtocol? protocol = port.Protocol?.ToUpperInvariant() switch
        {
            "TCP" => TransportProtocol.Tcp,
            "UDP" => TransportProtocol.Udp,
            "SCTP" => TransportProtocol.Sctp,
            _ => null,
        };
        return protocol is null || port.Port is not > 0 ? null : (port.Port.Value, protocol.Value);
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
