// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>Finds the known servers of an address. Entries whose block does not parse are not in it.</summary>
internal sealed class KnownServerIndex
{
    // By (family, length), then by network: a look-up costs one probe per length that occurs, not one per entry.
    private readonly Dictionary<CidrBlock, List<KnownServerEntry>> _entries = [];
    private readonly SortedSet<(bool IsV6, int PrefixLength)> _lengths = [];

    public KnownServerIndex(IEnumerable<KnownServer> servers)
    {
        foreach (KnownServerEntry entry in servers.SelectMany(server => server.Spec ?? []))
        {
            if (CidrBlock.TryParse(entry.IpBlock, out CidrBlock block))
            {
                if (!_entries.TryGetValue(block, out List<KnownServerEntry>? list))
                {
                    _entries[block] = list = [];
                }

                list.Add(entry);
                _lengths.Add((block.IsV6, block.PrefixLength));
            }
        }
    }

    /// <returns>Every block that contains the address, widest first.</returns>
    public IEnumerable<(CidrBlock Block, KnownServerEntry Entry)> Containing(CidrBlock address)
    {
        foreach ((bool isV6, int length) in _lengths)
        {
            if (isV6 != address.IsV6)
            {
                continue;
            }

            CidrBlock block = address.Widened(length);
            foreach (KnownServerEntry entry in _entries.GetValueOrDefault(block) ?? [])
            {
                yield return (block, entry);
            }
        }
    }
}
