// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Events.Net;
using NodeAgent.Profiles.Matching;

namespace NodeAgent.Profiles.Learning;

/// <summary>One peer of a container.</summary>
/// <param name="Egress">True: we called it; false: it called us.</param>
/// <param name="Port">The port called: the peer's on egress, ours on ingress; 0 = any, only when the bound forced it.</param>
/// <param name="PrefixLength">Shorter than the address only when the bound forced it.</param>
internal readonly record struct Endpoint(NetAddress Address, byte PrefixLength, ushort Port, TransportProtocol Protocol, bool Egress);

/// <summary>A bounded set of peers with their DNS names. Over its bound addresses become blocks, at last ports become any.</summary>
/// <remarks>The level is the least one at which the whole set fits, so merging in any order ends in the same set.</remarks>
internal sealed class EndpointSet(int maxEntries)
{
    public const int LastLevel = 4;

    private static readonly byte[] V4Lengths = [32, 24, 16, 0, 0];
    private static readonly byte[] V6Lengths = [128, 64, 48, 0, 0];

    private readonly ByteTable<byte> _names = new();
    private ByteTable<int> _endpoints = new(); // text: EndpointList's; value: place of the name, -1 = none

    public int Count => _endpoints.Count;

    public int Level { get; private set; }

    /// <returns>True when the peer is known; no allocation.</returns>
    public bool Contains(bool egress, NetAddress address, ushort port, TransportProtocol protocol) =>
        IndexOf(AtLevel(new Endpoint(address, Full(address), port, protocol, egress))) >= 0;

    /// <param name="name">Shape: lower-case FQDN with its trailing dot; null = not known. The first one by order is kept.</param>
    public bool Add(bool egress, NetAddress address, ushort port, TransportProtocol protocol, string? name) =>
        Add(new Endpoint(address, Full(address), port, protocol, egress), name);

    public bool Add(Endpoint endpoint, string? name)
    {
        Endpoint key = AtLevel(endpoint);
        name = key.PrefixLength == Full(key.Address) ? name : null;
        int index = IndexOf(key);
        if (index < 0)
        {
            Append(key, name is null ? -1 : PlaceOf(name));
            KeepBound();
            return true;
        }

        ref int known = ref _endpoints.ValueAt(index);
        if (name is null || (known >= 0 && string.CompareOrdinal(Encoding.UTF8.GetString(_names.TextAt(known)), name) <= 0))
        {
            return false;
        }

        known = PlaceOf(name);
        return true;
    }

    /// <returns>The peers and their names as they are now.</returns>
    public EndpointList Capture() => new(_endpoints.Capture(), _names.Capture());

    public void Unite(IEnumerable<KeyValuePair<Endpoint, string?>> entries, int level)
    {
        if (level > Level)
        {
            Level = Math.Min(level, LastLevel);
            Generalize();
        }

        foreach ((Endpoint endpoint, string? name) in entries)
        {
            Add(endpoint, name);
        }
    }

    private int IndexOf(in Endpoint endpoint)
    {
        Span<byte> text = stackalloc byte[EndpointList.TextSize];
        EndpointList.Write(endpoint, text);
        return _endpoints.IndexOf(text);
    }

    private void Append(in Endpoint endpoint, int name)
    {
        Span<byte> text = stackalloc byte[EndpointList.TextSize];
        EndpointList.Write(endpoint, text);
        _endpoints.Add(text, name);
    }

    private int PlaceOf(string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        int known = _names.IndexOf(text);
        return known >= 0 ? known : _names.Add(text, 0);
    }

    private void KeepBound()
    {
        while (_endpoints.Count > maxEntries && Level < LastLevel)
        {
            Level++;
            Generalize();
        }
    }

    private void Generalize()
    {
        ByteTable<int> all = _endpoints;
        _endpoints = new ByteTable<int>();
        for (int i = 0; i < all.Count; i++)
        {
            Endpoint endpoint = EndpointList.Read(all.TextAt(i));
            Endpoint key = AtLevel(endpoint);
            if (IndexOf(key) < 0)
            {
                Append(key, key == endpoint ? all.ValueAt(i) : -1);
            }
        }
    }

    private Endpoint AtLevel(Endpoint endpoint)
    {
        byte length = Math.Min(endpoint.PrefixLength, (endpoint.Address.IsV6 ? V6Lengths : V4Lengths)[Level]);
        return endpoint with
        {
            Address = endpoint.Address.Masked(length),
            PrefixLength = length,
            Port = Level == LastLevel ? (ushort)0 : endpoint.Port,
        };
    }

    private static byte Full(NetAddress address) => address.IsV6 ? (byte)128 : (byte)32;
}
