// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Capabilities;
using NodeAgent.Events.Syscalls;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>Everything that was learned of one profile: sets that only grow. The event loop's.</summary>
internal sealed class LearnedBehavior(ProfileBounds bounds)
{
    private readonly HashSet<byte[]> _failedPaths = new(BytesComparer.Instance);

    public ExecSet Execs { get; } = new(bounds.MaxExecs, bounds.MaxArgumentLists, bounds.MaxBytes / 2, () => bounds.Collapse.Executables);

    public PathSet<uint> Opens { get; } = new(bounds.MaxOpens, bounds.MaxBytes / 2, () => bounds.Collapse.Opens);

    public EndpointSet Endpoints { get; } = new(bounds.MaxEndpoints);

    public PeerSet Peers { get; } = new(bounds.MaxEndpoints);

    public NameSet Names { get; } = new(bounds.MaxNames);

    public HttpServiceSet Http { get; } = new(bounds, () => bounds.Collapse.Endpoints);

    /// <summary>Numbers of this machine's table.</summary>
    public NumberSet Syscalls { get; } = new(SyscallNames.NumberLimit);

    /// <summary>Numbers of this machine's 32-bit table.</summary>
    public NumberSet CompatSyscalls { get; } = new(SyscallNames.NumberLimit);

    /// <summary>Those that were granted.</summary>
    public NumberSet Capabilities { get; } = new(CapabilityNames.Limit);

    public RulePolicySet Policies { get; } = new();

    /// <summary>Units: opens. A failed open shows what was tried; it is no permission.</summary>
    public long FailedOpens { get; set; }

    /// <summary>Units: TCP connects that were refused, timed out or found no way; no permission either.</summary>
    public long FailedConnects { get; set; }

    public int FailedPathCount => _failedPaths.Count;

    /// <summary>How it is generalised, as of now.</summary>
    public CollapseRules Collapse => bounds.Collapse;

    /// <summary>How much the bounds cost: 0 = nothing was generalised or dropped for want of room.</summary>
    public long Overflow => Execs.Overflow + Opens.Level + Endpoints.Level + Names.Dropped + Http.Overflow + Peers.Dropped;

    public void AddFailedOpen(ReadOnlySpan<byte> path)
    {
        FailedOpens++;
        if (_failedPaths.Count < bounds.MaxFailedPaths)
        {
            _failedPaths.GetAlternateLookup<ReadOnlySpan<byte>>().Add(path);
        }
    }

    public BehaviorSnapshot Capture() => new(
        Execs.Capture(), Execs.Level, Opens.Capture(), Opens.Level, Endpoints.Capture(), Endpoints.Level, Names.ToArray(), FailedOpens, Overflow)
    {
        Syscalls = Syscalls.ToArray(),
        CompatSyscalls = CompatSyscalls.ToArray(),
        Capabilities = Capabilities.ToArray(),
        Http = Http.ToArray(),
        HttpLevel = Http.Level,
        Peers = Peers.ToArray(),
        Policies = Policies.ToArray(),
        FailedConnects = FailedConnects,
        Collapse = Collapse,
    };

    /// <summary>The union; associative, commutative and idempotent but for the counts of what failed, which take the larger.</summary>
    public void Unite(BehaviorSnapshot other)
    {
        Execs.Unite(other.Execs, other.ExecLevel);
        Opens.Unite(other.Opens, other.OpenLevel);
        Endpoints.Unite(other.Endpoints, other.EndpointLevel);
        foreach (byte[] name in other.Names)
        {
            Names.Add(name);
        }

        foreach (LearnedPeer peer in other.Peers)
        {
            Peers.Add(peer);
        }

        Syscalls.Unite(other.Syscalls);
        CompatSyscalls.Unite(other.CompatSyscalls);
        Capabilities.Unite(other.Capabilities);
        Http.Unite(other.Http, other.HttpLevel);
        Policies.Unite(other.Policies);
        FailedOpens = Math.Max(FailedOpens, other.FailedOpens);
        FailedConnects = Math.Max(FailedConnects, other.FailedConnects);
    }
}

/// <summary>An immutable copy of what was learned: cheap to take, safe to hand to other threads.</summary>
internal sealed record BehaviorSnapshot(
    IReadOnlyList<LearnedExec> Execs,
    int ExecLevel,
    IReadOnlyList<KeyValuePair<byte[], uint>> Opens,
    int OpenLevel,
    IReadOnlyList<KeyValuePair<Endpoint, string?>> Endpoints,
    int EndpointLevel,
    byte[][] Names,
    long FailedOpens,
    long Overflow)
{
    /// <summary>Shape: bit n of word w is number 64 w + n, as are the next two.</summary>
    public ulong[] Syscalls { get; init; } = [];

    public ulong[] CompatSyscalls { get; init; } = [];

    public ulong[] Capabilities { get; init; } = [];

    public HttpServiceSnapshot[] Http { get; init; } = [];

    public int HttpLevel { get; init; }

    public LearnedPeer[] Peers { get; init; } = [];

    public LearnedPolicy[] Policies { get; init; } = [];

    public long FailedConnects { get; init; }

    /// <summary>How it is to be generalised; it is no part of what was learned.</summary>
    public CollapseRules Collapse { get; init; } = CollapseRules.Default;
}
