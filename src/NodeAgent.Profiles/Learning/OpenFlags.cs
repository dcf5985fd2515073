// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Files;

namespace NodeAgent.Profiles.Learning;

/// <summary>Flags of open(2) as sets that can be united, and their names.</summary>
/// <remarks>The three access modes are values, not bits, in the kernel's word; here each is a bit of its own (1, 2, 4).</remarks>
internal static class OpenFlags
{
    private const uint AccessMode = 3;
    private const uint ReadWrite = 4;
    private const uint SyncBit = 0x100000;
    private const uint SyncFlags = 0x101000;

    private static readonly (uint Bit, string Name)[] Names =
        [(1, OpenFlagNames.AccessModes[0]), (2, OpenFlagNames.AccessModes[1]), (4, OpenFlagNames.AccessModes[2]), .. OpenFlagNames.Bits];

    // A profile holds names, so what has none can be neither learned nor asked for: open(2) ignores such bits.
    private static readonly uint Named = Names.Aggregate(0u, (all, entry) => all | entry.Bit) & ~0xfu;

    /// <param name="flags">Shape: the caller's flags word.</param>
    public static uint ToMask(uint flags)
    {
        uint access = flags & AccessMode;
        uint sync = (flags & SyncBit) == 0 ? 0 : SyncFlags; // the kernel adds the other half
        return ((flags | sync) & Named) | (access == AccessMode ? ReadWrite : 1u << (int)access); // 3 needs both permissions
    }

    /// <returns>The names, sorted; bits that open(2) does not know are left out.</returns>
    public static string[] ToNames(uint mask)
    {
        var names = new List<string>(4);
        foreach ((uint bit, string name) in Names)
        {
            if ((mask & bit) == bit)
            {
                names.Add(name);
            }
        }

        names.Sort(StringComparer.Ordinal);
        return [.. names];
    }

    /// <returns>The set; unknown names count for nothing.</returns>
    public static uint FromNames(IEnumerable<string> names)
    {
        uint mask = 0;
        foreach (string name in names)
        {
            foreach ((uint bit, string known) in Names)
            {
                mask |= known == name ? bit : 0;
            }
        }

        return mask;
    }
}
