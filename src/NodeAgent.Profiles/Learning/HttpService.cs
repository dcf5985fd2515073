// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>What HTTP is spoken through.</summary>
/// <param name="Port">The port called: the peer's when we called, ours when we were; 0 = any, only when the bound forced it.</param>
/// <param name="Outbound">True: we called.</param>
/// <param name="Internal">The peer has a private address, or is this machine.</param>
internal readonly record struct HttpServiceKey(ushort Port, bool Outbound, bool Internal);

/// <summary>The paths asked for at one service, each with its methods, hosts and headers. Bounded.</summary>
/// <remarks>
/// A path's mask holds a bit for each method, one for each host and one for each value of a header, so that what generalises paths
/// unites them all. When there are more texts than bits, all of them become "any", in whichever order they came.
/// </remarks>
internal sealed class HttpService(int maxPaths, long maxBytes, Func<PathRules> rules)
{
    /// <summary>Units: hosts that are told apart.</summary>
    public const int MaxHosts = 31 - HttpMethods.Count;

    /// <summary>Units: bytes; a longer one is no name.</summary>
    public const int MaxHostLength = 255 + 6;

    private readonly PathSet<ulong> _paths = new(maxPaths, maxBytes, rules);
    private readonly NamedBits _hosts = HostBits();
    private readonly NamedBits[] _headers = HeaderBits();

    /// <summary>How much the bounds cost: 0 = nothing.</summary>
    public int Overflow => _paths.Level + (_hosts.HasAny ? 1 : 0) + _headers.Count(header => header.HasAny);

    public int PathCount => _paths.Count;

    /// <summary>Of a mask, behind the methods.</summary>
    public static NamedBits HostBits() => new(HttpMethods.Count, MaxHosts, MaxHostLength);

    /// <summary>Of a mask: one for each of <see cref="HttpHeaders.Names"/>, behind the hosts.</summary>
    public static NamedBits[] HeaderBits() =>
        [.. HttpHeaders.Names.Select((_, i) => new NamedBits(32 + (i * (HttpHeaders.MaxValues + 1)), HttpHeaders.MaxValues, HttpHeaders.MaxLength))];

    /// <param name="method">One of <see cref="HttpMethods"/>.</param>
    /// <param name="host">Shape: lower case, with its port if it has one; empty = none was named.</param>
    public ulong MaskOf(uint method, ReadOnlySpan<byte> host) => method | _hosts.BitOf(host);

    /// <param name="header">A place among <see cref="HttpHeaders.Names"/>.</param>
    public ulong MaskOf(int header, ReadOnlySpan<byte> value) => _headers[header].BitOf(value);

    /// <param name="path">Shape: path text (<see cref="PathText"/>), begins with a slash.</param>
    /// <param name="mask">Made of what <see cref="MaskOf(uint, ReadOnlySpan{byte})"/> and the other gave.</param>
    /// <returns>True when it told something new; known: no allocation.</returns>
    public bool Add(ReadOnlySpan<byte> path, ulong mask) => _paths.Add(path, Now(mask));

    /// <returns>True when that request would tell nothing new, but for its headers. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> path, uint method, ReadOnlySpan<byte> host) =>
        _hosts.TryFind(host, out ulong bit) && _paths.Contains(path, method | bit);

    public HttpServiceSnapshot Capture(HttpServiceKey key)
    {
        ByteList<ulong> paths = _paths.Capture();
        return new(key, Overflow == _paths.Level ? paths : [.. paths.Select(pair => KeyValuePair.Create(pair.Key, Now(pair.Value)))], _paths.Level, _hosts.Capture())
        {
            Headers = [.. _headers.Select(header => header.Capture())],
        };
    }

    public void Unite(HttpServiceSnapshot other)
    {
        ulong[] hosts = _hosts.Unite(other.Hosts);
        ulong[][] headers = [.. _headers.Select((header, i) => header.Unite(other.HeaderAt(i)))];
        _paths.Unite([.. other.Paths.Select(pair => KeyValuePair.Create(pair.Key, Translate(pair.Value, hosts, headers)))], other.PathLevel);
    }

    private ulong Translate(ulong mask, ulong[] hosts, ulong[][] headers)
    {
        ulong translated = (mask & HttpMethods.All) | _hosts.Translate(mask, hosts);
        for (int i = 0; i < headers.Length; i++)
        {
            translated |= _headers[i].Translate(mask, headers[i]);
        }

        return translated;
    }

    private ulong Now(ulong mask)
    {
        mask = _hosts.Now(mask);
        foreach (NamedBits header in _headers)
        {
            mask = header.Now(mask);
        }

        return mask;
    }
}

/// <summary>An immutable copy of what was learned of one service.</summary>
/// <param name="Paths">Shape: path text with its mask: methods in the low bits, then a bit for each of <paramref name="Hosts"/>, then for each value of a header.</param>
internal sealed record HttpServiceSnapshot(HttpServiceKey Key, IReadOnlyList<KeyValuePair<byte[], ulong>> Paths, int PathLevel, BitTexts Hosts)
{
    /// <summary>Beside <see cref="HttpHeaders.Names"/>; shorter when it comes from before headers were kept.</summary>
    public BitTexts[] Headers { get; init; } = [];

    public BitTexts HeaderAt(int index) => index < Headers.Length ? Headers[index] : BitTexts.None;
}
