// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Rules.Profiles;

namespace NodeAgent.Rules.Tests.Fixtures;

/// <summary>A real, small profile in memory: sets of bytes, asked without allocation.</summary>
internal sealed class MemoryProfile : ProfileView
{
    private readonly HashSet<string> _execs = [];
    private readonly HashSet<string> _opens = [];
    private readonly HashSet<string> _domains = [];
    private readonly List<(NetAddress Address, ushort Port, TransportProtocol Protocol)> _peers = [];

    public override string Name => "container-web-1a2b-3c4d";

    public string CurrentStatus { get; set; } = CompletedStatus;

    public override string Status => CurrentStatus;

    public override string Completion => "complete";

    public override string Checksum => "c0ffee";

    public MemoryProfile Executes(string path) => Add(_execs, path);

    public MemoryProfile Opens(string path) => Add(_opens, path);

    public MemoryProfile Asks(string name) => Add(_domains, name);

    public MemoryProfile Talks(string address, ushort port, TransportProtocol protocol)
    {
        Assert.True(NetAddress.TryParse(address, out NetAddress parsed));
        _peers.Add((parsed, port, protocol));
        return this;
    }

    public override bool WasExecuted(ReadOnlySpan<byte> path) => Has(_execs, path);

    public override bool WasOpened(ReadOnlySpan<byte> path) => Has(_opens, path);

    public override bool IsDomainInEgress(ReadOnlySpan<byte> name) => Has(_domains, name);

    // No set: comparing tuples of enums allocates until the runtime has compiled it well.
    public override bool IsAddressInEgress(NetAddress address, ushort port, TransportProtocol protocol)
    {
        foreach ((NetAddress known, ushort knownPort, TransportProtocol knownProtocol) in _peers)
        {
            if (known == address && knownPort == port && knownProtocol == protocol)
            {
                return true;
            }
        }

        return false;
    }

    public HashSet<string> Syscalls { get; } = [];

    public HashSet<string> Capabilities { get; } = [];

    public HashSet<string> Policies { get; } = [];

    /// <summary>Shape: path, a blank, the arguments; for a path without any, all are known.</summary>
    public HashSet<string> ArgumentLists { get; } = [];

    public override bool WasSyscallUsed(ReadOnlySpan<byte> name) => Has(Syscalls, name);

    public override bool WasCapabilityUsed(ReadOnlySpan<byte> name) => Has(Capabilities, name);

    public override bool AllowsProcess(string ruleId, ReadOnlySpan<byte> comm) => Policies.Contains($"{ruleId} {Encoding.Latin1.GetString(comm)}");

    public override bool WasExecutedWithArgs(ReadOnlySpan<byte> path, IReadOnlyList<string> arguments)
    {
        string text = Encoding.Latin1.GetString(path) + ' ';
        return !ArgumentLists.Any(list => list.StartsWith(text, StringComparison.Ordinal)) || ArgumentLists.Contains(text + string.Join(' ', arguments));
    }

    public override bool WasOpenedLike(ReadOnlySpan<byte> start, ReadOnlySpan<byte> end)
    {
        (string first, string last) = (Encoding.Latin1.GetString(start), Encoding.Latin1.GetString(end));
        return _opens.Any(path => path.StartsWith(first, StringComparison.Ordinal) && path.EndsWith(last, StringComparison.Ordinal));
    }

    public override bool IsAddressInEgress(NetAddress address, ulong timeNs) => _peers.Exists(peer => peer.Address == address);

    private MemoryProfile Add(HashSet<string> set, string value)
    {
        set.Add(value);
        return this;
    }

    private static bool Has(HashSet<string> set, ReadOnlySpan<byte> bytes)
    {
        Span<char> text = stackalloc char[bytes.Length];
        int length = Encoding.Latin1.GetChars(bytes, text);
        return set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text[..length]);
    }
}

internal sealed class MemoryProfiles : IProfileLookup
{
    private readonly Dictionary<ulong, ProfileView> _byCgroup = [];

    public int Lookups { get; private set; }

    public void Set(ContainerInfo container, ProfileView profile) => _byCgroup[container.CgroupId] = profile;

    public bool TryGet(ContainerInfo container, [NotNullWhen(true)] out ProfileView? view)
    {
        Lookups++;
        return _byCgroup.TryGetValue(container.CgroupId, out view);
    }
}
