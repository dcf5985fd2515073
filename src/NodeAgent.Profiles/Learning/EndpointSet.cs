// SPDX-License-Identifier: Apache-2.0
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

    private readonly Dictionary<Endpoint, string?> _endpoints = [];

    public int Count => _endpoints.Count;

    public int Level { get; private set; }

    /// <returns>True when the peer is known; no allocation.</returns>
    public bool Contains(bool egress, NetAddress address, ushort port, TransportProtocol protocol) =>
        _endpoints.ContainsKey(AtLevel(new Endpoint(address, Full(address), port, protocol, egress)));

    /// <param name="name">Shape: lower-case FQDN with its trailing dot; null = not known. The first one by order is kept.</param>
    public bool Add(bool egress, NetAddress address, ushort port, TransportProtocol protocol, string? name) =>
        Add(new Endpoint(address, Full(address), port, protocol, egress), name);

    public bool Add(Endpoint endpoint, string? name)
    {
        Endpoint key = AtLevel(endpoint);
        name = key.PrefixLength == Full(key.Address) ? name : null;
        if (_endpoints.TryGetValue(key, out string? known))
        {
            if (name is null || (known is not null && string.CompareOrdinal(known, name) <= 0))
            {
                return false;
            }
        }

        _endpoints[key] = name;
        KeepBound();
        return true;
    }

    public KeyValuePair<Endpoint, string?>[] ToArray() => [.. _endpoints];

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
        KeyValuePair<Endpoint, string?>[] all = ToArray();
        _endpoints.Clear();
        foreach ((Endpoint endpoint, string? name) in all)
        {
            Endpoint key = AtLevel(endpoint);
            _endpoints[key] = key == endpoint ? name : null;
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
