// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>Collects the address blocks of one direction; in the end each stands once, and none that another one holds with its ports.</summary>
internal sealed class AddressPeers(KnownServerIndex servers, PolicyOptions options)
{
    private static readonly string?[] NoName = [null];

    private readonly Dictionary<CidrBlock, Entry> _blocks = [];
    private readonly List<(PolicyRef Ref, CidrBlock Block)> _refs = [];

    /// <param name="texts">Shape: addresses, blocks or <c>*</c>; what is none of them is left out.</param>
    /// <param name="names">Under which they were called.</param>
    public void Add(IEnumerable<string> texts, IReadOnlyList<string> names, PortSet ports)
    {
        foreach (string text in texts)
        {
            if (text == "*")
            {
                Of(CidrBlock.AllV4).Ports.Add(ports);
                Of(CidrBlock.AllV6).Ports.Add(ports);
            }
            else if (CidrBlock.TryParse(text, out CidrBlock block))
            {
                Add(block, text, names, ports);
            }
        }
    }

    /// <returns>Blocks with their names and ports, in no order.</returns>
    public IEnumerable<(RulePeer Peer, PortRange[] Ports)> Peers()
    {
        Collapse();
        Dictionary<CidrBlock, PortSet> kept = WithoutHeldByOthers();
        foreach ((CidrBlock block, PortSet ports) in kept)
        {
            Entry entry = _blocks[block];
            yield return (
                new RulePeer(block, block.ToString(), null, null) { Names = block.IsSingleAddress && !entry.IsNameless ? [.. entry.Names] : [] },
                ports.Ranges(options.PortSpread));
        }
    }

    /// <summary>Where the blocks come from; after <see cref="Peers"/> was read.</summary>
    public IEnumerable<PolicyRef> Refs()
    {
        var texts = new Dictionary<CidrBlock, string>();
        foreach ((PolicyRef origin, CidrBlock block) in _refs)
        {
            ref string? text = ref CollectionsMarshal.GetValueRefOrAddDefault(texts, block, out _);
            yield return origin with { IpBlock = text ??= block.ToString() };
        }
    }

    private void Add(CidrBlock block, string text, IReadOnlyList<string> names, PortSet ports)
    {
        bool known = false;
        foreach ((CidrBlock container, KnownServerEntry entry) in block.IsSingleAddress ? servers.Containing(block) : [])
        {
            known = true;
            Of(container).Ports.Add(ports);
            var found = new PolicyRef { Name = entry.Name, OriginalIP = text, Server = entry.Server };
            foreach (string? name in names.Count == 0 ? NoName : (IEnumerable<string?>)names)
            {
                _refs.Add((found with { Dns = name }, container));
            }
        }

        if (!known)
        {
            Entry entry = Of(block);
            entry.Ports.Add(ports);
            entry.IsNameless |= names.Count == 0;
            foreach (string name in names)
            {
                entry.Names.Add(name.TrimEnd('.').ToLowerInvariant());
                _refs.Add((new PolicyRef { OriginalIP = text, Dns = name }, block));
            }
        }
    }

    // By configuration: many addresses with the same ports near each other are one block, the smallest that holds them.
    private void Collapse()
    {
        if (options.AddressGroupThreshold <= 0)
        {
            return;
        }

        var into = new Dictionary<CidrBlock, CidrBlock>();
        var groups = _blocks.Where(pair => pair.Key.IsSingleAddress)
            .GroupBy(pair => (pair.Key.Widened(pair.Key.IsV6 ? options.FloorBitsV6 : options.FloorBits), string.Join(' ', pair.Value.Ports.Ranges(0)), pair.Value.Ports.IsAny));
        foreach (var group in groups.Select(group => group.ToArray()).Where(group => group.Length > options.AddressGroupThreshold).ToArray())
        {
            CidrBlock whole = Common([.. group.Select(pair => pair.Key)]);
            Entry entry = Of(whole);
            entry.IsNameless = true;
            foreach ((CidrBlock block, Entry single) in group)
            {
                entry.Ports.Add(single.Ports);
                into[block] = whole;
                if (block != whole)
                {
                    _blocks.Remove(block);
                }
            }
        }

        for (int i = 0; i < _refs.Count; i++)
        {
            _refs[i] = into.TryGetValue(_refs[i].Block, out CidrBlock whole) ? (_refs[i].Ref, whole) : _refs[i];
        }
    }

    private static CidrBlock Common(CidrBlock[] blocks)
    {
        CidrBlock common = blocks[0];
        foreach (CidrBlock block in blocks)
        {
            while (!common.Contains(block))
            {
                common = common.Widened(common.PrefixLength - 1);
            }
        }

        return common;
    }

    // What a wider block allows already needs no word of its own.
    private Dictionary<CidrBlock, PortSet> WithoutHeldByOthers()
    {
        var kept = new Dictionary<CidrBlock, PortSet>();
        (bool IsV6, int Length)[] lengths = [.. _blocks.Keys.Select(block => (block.IsV6, block.PrefixLength)).Distinct()];
        foreach ((CidrBlock block, Entry entry) in _blocks)
        {
            PortSet ports = entry.Ports;
            foreach ((bool isV6, int length) in lengths)
            {
                if (isV6 == block.IsV6 && length < block.PrefixLength && _blocks.TryGetValue(block.Widened(length), out Entry? wider))
                {
                    if (ReferenceEquals(ports, entry.Ports))
                    {
                        ports = new PortSet(); // what others look at stays
                        ports.Add(entry.Ports);
                    }

                    ports.Remove(wider.Ports);
                }
            }

            if (!ports.IsEmpty)
            {
                kept[block] = ports;
            }
        }

        return kept;
    }

    private Entry Of(CidrBlock block)
    {
        if (!_blocks.TryGetValue(block, out Entry? entry))
        {
            _blocks[block] = entry = new Entry();
        }

        return entry;
    }

    private sealed class Entry
    {
        public PortSet Ports { get; } = new();

        public SortedSet<string> Names => field ??= new SortedSet<string>(StringComparer.Ordinal);

        /// <summary>It was called without a name too: names alone would not allow all of it.</summary>
        public bool IsNameless { get; set; }
    }
}
