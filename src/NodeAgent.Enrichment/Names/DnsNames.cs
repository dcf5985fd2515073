// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events;
using NodeAgent.Events.Dns;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Net;
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Names;

/// <summary>Which name a container asked for to get an address. Per container, never for the whole node: two containers may know one
/// address under two names, and none may choose how another's peers are called. For the event loop's thread.</summary>
public sealed class DnsNames
{
    private const int MaxChain = 16;
    private const ushort ClassInternet = 1;
    private const int MaxNames = 16_384;
    private const long MaxNameBytes = 2 << 20;
    private const ulong NsPerSecond = 1_000_000_000;
    private const ulong PurgeIntervalNs = 10 * NsPerSecond;

    private readonly Dictionary<ContainerInfo, AddressNames> _byContainer = [];
    private readonly Utf8Interner _names = new(MaxNames, MaxNameBytes);
    private readonly DnsNamesOptions _options;
    private readonly ulong _minNs;
    private readonly ulong _maxNs;
    private ulong _nowNs;
    private ulong _nextPurgeNs;

    public DnsNames(DnsNamesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _minNs = options.MinLifetime.Ns();
        _maxNs = options.MaxLifetime.Ns();
    }

    /// <summary>Addresses of all containers.</summary>
    public int Count { get; private set; }

    public long Evictions { get; private set; }

    /// <summary>Answers that do not follow RFC 1035; what came before the fault was used.</summary>
    public long Malformed { get; private set; }

    /// <summary>Answers that were copied only in part.</summary>
    public long Truncated { get; private set; }

    /// <summary>Learns from an answer; everything else is passed over.</summary>
    public void OnDns(in DnsEvent dns, ContainerInfo container)
    {
        ref readonly DnsRecord record = ref dns.Record;
        _nowNs = Math.Max(_nowNs, record.Header.TimeNs);
        if (record.Direction == FlowDirection.Outbound)
        {
            return; // A query, or the answer of a container that is a resolver itself.
        }

        var reader = new DnsMessageReader(dns.Message);
        DnsReadResult result = reader.ReadHeader(out DnsHeader header);
        if (result == DnsReadResult.Ok && (!header.IsResponse || header.ResponseCode != DnsResponseCode.NoError))
        {
            return;
        }

        if (result == DnsReadResult.Ok && (result = reader.ReadQuestion(out DnsQuestion question)) == DnsReadResult.Ok)
        {
            Span<byte> text = stackalloc byte[DnsName.MaxTextLength];
            question.Name.TryFormat(text, out int length);
            result = Learn(reader, question.Name, text[..length], container);
        }

        if (result is not (DnsReadResult.Ok or DnsReadResult.End))
        {
            bool cut = (record.Flags & DnsRecordFlags.Truncated) != 0 && result == DnsReadResult.Truncated;
            Truncated += cut ? 1 : 0;
            Malformed += cut ? 0 : 1;
        }
    }

    /// <param name="container">Who connects.</param>
    /// <param name="address">To whom.</param>
    /// <param name="name">Shape: the name that was asked, lower case, dot at the end.</param>
    /// <returns>False when this container was not told the address, or too long ago.</returns>
    public bool TryGetName(ContainerInfo container, NetAddress address, out string name)
    {
        if (_byContainer.TryGetValue(container, out AddressNames? names))
        {
            return names.TryGet(address, _nowNs, out name);
        }

        name = string.Empty;
        return false;
    }

    /// <summary>Forgets the containers that are gone and that the container table gave up.</summary>
    public void OnTick(ulong bootTimeNs, Func<ContainerInfo, bool> isKnown)
    {
        ArgumentNullException.ThrowIfNull(isKnown);
        _nowNs = Math.Max(_nowNs, bootTimeNs);
        if (bootTimeNs < _nextPurgeNs)
        {
            return;
        }

        _nextPurgeNs = bootTimeNs + PurgeIntervalNs;
        foreach ((ContainerInfo container, AddressNames names) in _byContainer)
        {
            if (!isKnown(container))
            {
                Count -= names.Count;
                _byContainer.Remove(container);
            }
        }
    }

    /// <summary>Follows the aliases from the name that was asked, in whatever order they stand, and takes the addresses at their end.</summary>
    private DnsReadResult Learn(DnsMessageReader start, DnsName asked, ReadOnlySpan<byte> text, ContainerInfo container)
    {
        DnsName current = asked;
        ulong ttl = uint.MaxValue;
        DnsReadResult result = DnsReadResult.End;
        for (int hop = 0; hop <= MaxChain; hop++)
        {
            bool alias = false;
            DnsMessageReader reader = start;
            while ((result = reader.ReadRecord(out DnsResourceRecord record)) == DnsReadResult.Ok && record.Section == DnsSection.Answer)
            {
                if (record.Class != ClassInternet || !record.Name.SameAs(current))
                {
                    continue;
                }

                ulong lifetime = Math.Min(ttl, record.TtlSeconds);
                if (record.TryGetAddress(out NetAddress address))
                {
                    Set(container, address, text, lifetime);
                }
                else if (record.Type == DnsType.Cname && record.TryGetTarget(out DnsName target))
                {
                    alias = true;
                    ttl = lifetime;
                    current = target;
                }
            }

            if (!alias)
            {
                break;
            }
        }

        return result;
    }

    private void Set(ContainerInfo container, NetAddress address, ReadOnlySpan<byte> name, ulong ttlSeconds)
    {
        if (!_byContainer.TryGetValue(container, out AddressNames? names))
        {
            names = new AddressNames();
            _byContainer[container] = names;
        }

        ulong lifetime = Math.Clamp(ttlSeconds * NsPerSecond, _minNs, _maxNs);
        if (!names.Set(address, _names.Intern(name), _nowNs + lifetime))
        {
            return;
        }

        Count++;
        if (names.Count > _options.MaxPerContainer)
        {
            Evict(names);
        }
        else if (Count > _options.MaxTotal)
        {
            Evict(_byContainer.Values.MaxBy(static candidate => candidate.Count)!);
        }
    }

    private void Evict(AddressNames names)
    {
        names.RemoveOldest();
        Count--;
        Evictions++;
    }
}
