// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>What HTTP is spoken through.</summary>
/// <param name="Port">The port called: the peer's when we called, ours when we were; 0 = any, only when the bound forced it.</param>
/// <param name="Outbound">True: we called.</param>
/// <param name="Internal">The peer has a private address, or is this machine.</param>
internal readonly record struct HttpServiceKey(ushort Port, bool Outbound, bool Internal);

/// <summary>The paths asked for at one service, each with its methods and hosts. Bounded.</summary>
/// <remarks>
/// A path's mask holds a bit for each method and one for each host, so that what generalises paths unites both. When there
/// are more hosts than bits, all of them become "any", in whichever order they came.
/// </remarks>
internal sealed class HttpService(int maxPaths, long maxBytes)
{
    /// <summary>Units: hosts that are told apart.</summary>
    public const int MaxHosts = 31 - HttpMethods.Count;

    /// <summary>Units: bytes; a longer one is no name.</summary>
    public const int MaxHostLength = 255 + 6;

    /// <summary>Of a mask: a host that is not listed.</summary>
    public const uint AnyHost = 1u << 31;

    private const uint HostBits = ~HttpMethods.All;

    // Kubescape's endpointDynamicThreshold.
    private static readonly PathThresholds Thresholds = new(100, []);

    private readonly PathSet _paths = new(maxPaths, maxBytes, Thresholds);
    private readonly List<byte[]> _hosts = [];

    /// <summary>How much the bounds cost: 0 = nothing.</summary>
    public int Overflow => _paths.Level + (HasAnyHost ? 1 : 0);

    public int PathCount => _paths.Count;

    private bool HasAnyHost { get; set; }

    /// <param name="path">Shape: path text (<see cref="PathText"/>), begins with a slash.</param>
    /// <param name="method">One of <see cref="HttpMethods"/>.</param>
    /// <param name="host">Shape: lower case, with its port if it has one; empty = none was named.</param>
    /// <returns>True when it told something new; known: no allocation.</returns>
    public bool Add(ReadOnlySpan<byte> path, uint method, ReadOnlySpan<byte> host) => _paths.Add(path, method | BitOf(host));

    /// <inheritdoc cref="Add"/>
    /// <returns>True when it would tell nothing new. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> path, uint method, ReadOnlySpan<byte> host) =>
        TryFindBit(host, out uint bit) && _paths.Contains(path, method | bit);

    public HttpServiceSnapshot Capture(HttpServiceKey key) => new(
        key,
        HasAnyHost ? [.. _paths.ToArray().Select(pair => KeyValuePair.Create(pair.Key, WithoutHosts(pair.Value)))] : _paths.ToArray(),
        _paths.Level,
        HasAnyHost ? [] : [.. _hosts],
        HasAnyHost);

    public void Unite(HttpServiceSnapshot other)
    {
        HasAnyHost |= other.HasAnyHost;
        uint[] bits = [.. other.Hosts.Select(host => BitOf(host))];
        var paths = new PathSet(int.MaxValue, long.MaxValue, Thresholds);
        paths.Restore(other.Paths.Select(pair => KeyValuePair.Create(pair.Key, Translate(pair.Value, bits))), other.PathLevel);
        _paths.Unite(paths);
    }

    private static uint Translate(uint mask, uint[] bits)
    {
        uint translated = mask & (HttpMethods.All | AnyHost);
        for (int i = 0; i < bits.Length; i++)
        {
            translated |= (mask >> (HttpMethods.Count + i) & 1) != 0 ? bits[i] : 0;
        }

        return translated;
    }

    private static uint WithoutHosts(uint mask) => (mask & HttpMethods.All) | ((mask & HostBits) != 0 ? AnyHost : 0);

    private bool TryFindBit(ReadOnlySpan<byte> host, out uint bit)
    {
        bit = host.IsEmpty ? 0 : AnyHost;
        if (host.IsEmpty || HasAnyHost)
        {
            return true;
        }

        for (int i = 0; i < _hosts.Count; i++)
        {
            if (host.SequenceEqual(_hosts[i]))
            {
                bit = 1u << (HttpMethods.Count + i);
                return true;
            }
        }

        return false;
    }

    private uint BitOf(ReadOnlySpan<byte> host)
    {
        if (TryFindBit(host, out uint bit))
        {
            return bit;
        }

        if (_hosts.Count == MaxHosts)
        {
            HasAnyHost = true;
            return AnyHost;
        }

        _hosts.Add(host.ToArray());
        return 1u << (HttpMethods.Count + _hosts.Count - 1);
    }
}

/// <summary>An immutable copy of what was learned of one service.</summary>
/// <param name="Paths">Shape: path text with its mask: methods in the low bits, then a bit for each of <paramref name="Hosts"/>.</param>
/// <param name="HasAnyHost">There were too many hosts to list.</param>
internal sealed record HttpServiceSnapshot(
    HttpServiceKey Key, KeyValuePair<byte[], uint>[] Paths, int PathLevel, byte[][] Hosts, bool HasAnyHost);
