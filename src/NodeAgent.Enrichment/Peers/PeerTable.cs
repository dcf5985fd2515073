// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Enrichment.Peers;

/// <summary>The peers of a cluster by address, with who had an address before. Any thread may look up; writers take turns.</summary>
/// <remarks>
/// A name is given only when one object alone can be meant: a pod on the host's network has no address of its own (the node has it),
/// an address that two pods claim at a time is ambiguous, and an address between two owners is nobody's.
/// </remarks>
public sealed class PeerTable : IPeerDirectory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, PeerEntry> _entries = new(StringComparer.Ordinal);
    private readonly int[] _rounds = new int[Enum.GetValues<PeerKind>().Length];
    private readonly TenureMap _tenures;
    private readonly int _maxObjects;
    private long _refused;
    private long _unknown;
    private long _ambiguous;

    public PeerTable(PeerTableOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _tenures = new TenureMap(options);
        _maxObjects = options.MaxObjects;
    }

    public int Count => _entries.Count;

    public int Places => _tenures.Places;

    public int History => _tenures.History;

    /// <summary>Objects that were not taken for want of room.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <summary>Who had an address before, forgotten before its time for want of room.</summary>
    public long Evicted => _tenures.Evicted;

    /// <summary>Answers <see cref="PeerKind.Unknown"/>.</summary>
    public long Unknown => Volatile.Read(ref _unknown);

    /// <summary>Answers <see cref="PeerKind.Ambiguous"/>.</summary>
    public long Ambiguous => Volatile.Read(ref _ambiguous);

    public PeerMatch Find(NetAddress address, ushort port, TransportProtocol protocol, ulong timeNs)
    {
        if (address.IsLoopback)
        {
            return new PeerMatch(PeerKind.Host, PeerRoles.None, null, 0);
        }

        if (!_tenures.TryGet(PlaceKey.Of(address), out Tenure[]? tenures))
        {
            return new PeerMatch(address.IsPrivate ? PeerKind.Private : PeerKind.Public, PeerRoles.None, null, 0);
        }

        var candidates = default(PeerCandidates);
        foreach (ref readonly Tenure tenure in tenures.AsSpan())
        {
            if (tenure.Covers(timeNs))
            {
                candidates.Add(tenure.Holder.Item, port, protocol);
            }
        }

        PeerMatch match = candidates.Decide(port, protocol);
        if (match is { Kind: PeerKind.Node or PeerKind.Host, Roles: PeerRoles.None } && port != 0)
        {
            match = AtNodePort(port, protocol, timeNs) ?? match;
        }

        return Counted(match);
    }

    /// <summary>An object is there and has these addresses and no others.</summary>
    /// <param name="nowNs">Units: boot ns.</param>
    public void Put(PeerObject item, ReadOnlySpan<NetAddress> addresses, ulong nowNs)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (_lock)
        {
            if (!_entries.TryGetValue(item.Uid, out PeerEntry? entry))
            {
                if (_entries.Count >= _maxObjects)
                {
                    Interlocked.Increment(ref _refused);
                    return;
                }

                _entries[item.Uid] = entry = new PeerEntry(item);
            }

            // Who remembers the object need not look again when it only was told once more.
            entry.Item = entry.Item == item ? entry.Item : item;
            entry.Round = _rounds[(int)item.Kind];
            Move(entry, PlacesOf(item, addresses), nowNs);
            _tenures.Expire(nowNs);
        }
    }

    /// <summary>An object is gone.</summary>
    public void Remove(string uid, ulong nowNs)
    {
        lock (_lock)
        {
            if (_entries.Remove(uid, out PeerEntry? entry))
            {
                Move(entry, [], nowNs);
            }

            _tenures.Expire(nowNs);
        }
    }

    /// <summary>All objects of a kind are put again from here on; those that are not by <see cref="EndList"/> are gone.</summary>
    public void BeginList(PeerKind kind)
    {
        lock (_lock)
        {
            _rounds[(int)kind]++;
        }
    }

    public void EndList(PeerKind kind, ulong nowNs)
    {
        lock (_lock)
        {
            foreach ((string uid, PeerEntry entry) in _entries)
            {
                if (entry.Item.Kind == kind && entry.Round != _rounds[(int)kind])
                {
                    _entries.Remove(uid);
                    Move(entry, [], nowNs);
                }
            }

            _tenures.Expire(nowNs);
        }
    }

    private void Move(PeerEntry entry, PlaceKey[] places, ulong nowNs)
    {
        if (entry.Places.AsSpan().SequenceEqual(places))
        {
            return;
        }

        foreach (PlaceKey left in entry.Places)
        {
            if (!places.Contains(left))
            {
                _tenures.End(left, entry, nowNs);
            }
        }

        foreach (PlaceKey place in places)
        {
            if (!entry.Places.Contains(place))
            {
                _tenures.Begin(place, entry, nowNs);
            }
        }

        entry.Places = places;
    }

    private static PlaceKey[] PlacesOf(PeerObject item, ReadOnlySpan<NetAddress> addresses)
    {
        var places = new List<PlaceKey>(addresses.Length);
        foreach (NetAddress address in addresses)
        {
            PlaceKey place = PlaceKey.Of(address);
            if (!address.IsLoopback && !address.IsUnspecified && !places.Contains(place))
            {
                places.Add(place);
            }
        }

        foreach (PeerPort port in item.Ports)
        {
            if (port.NodePort != 0)
            {
                places.Add(PlaceKey.OfNodePort(port.NodePort, port.Protocol));
            }
        }

        return [.. places];
    }

    private PeerMatch? AtNodePort(ushort port, TransportProtocol protocol, ulong timeNs)
    {
        if (!_tenures.TryGet(PlaceKey.OfNodePort(port, protocol), out Tenure[]? tenures))
        {
            return null;
        }

        PeerMatch? match = null;
        foreach (ref readonly Tenure tenure in tenures.AsSpan())
        {
            if (!tenure.Covers(timeNs))
            {
                continue;
            }

            if (match is not null)
            {
                return new PeerMatch(PeerKind.Ambiguous, PeerRoles.None, null, 0);
            }

            PeerObject service = tenure.Holder.Item;
            ushort target = 0;
            foreach (PeerPort candidate in service.Ports.AsSpan())
            {
                target = candidate.NodePort == port && candidate.Protocol == protocol ? candidate.TargetPort : target;
            }

            match = new PeerMatch(PeerKind.Service, service.Roles, service, target);
        }

        return match;
    }

    private PeerMatch Counted(in PeerMatch match)
    {
        if (match.Kind == PeerKind.Unknown)
        {
            Interlocked.Increment(ref _unknown);
        }
        else if (match.Kind == PeerKind.Ambiguous)
        {
            Interlocked.Increment(ref _ambiguous);
        }

        return match;
    }
}
