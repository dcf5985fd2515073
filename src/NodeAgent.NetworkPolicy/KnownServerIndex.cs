// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy;

/// <summary>Finds the known servers of an address. Entries whose block does not parse are not in it.</summary>
internal sealed class KnownServerIndex
{
    private readonly BlockIndex<(CidrBlock Block, KnownServerEntry Entry)> _entries = new();

    public KnownServerIndex(IEnumerable<KnownServer> servers)
    {
        foreach (KnownServerEntry entry in servers.SelectMany(server => server.Spec ?? []))
        {
            if (CidrBlock.TryParse(entry.IpBlock, out CidrBlock block))
            {
                _entries.Add(block, (block, entry));
            }
        }
    }

    /// <returns>Every block that contains the address, widest first.</returns>
    public IEnumerable<(CidrBlock Block, KnownServerEntry Entry)> Containing(CidrBlock address) => _entries.Holding(address);
}
