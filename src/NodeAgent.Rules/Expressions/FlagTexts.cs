// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events.Files;

namespace NodeAgent.Rules.Expressions;

/// <summary>The flags of open(2) as a list of names. A machine sees few combinations; each is made once.</summary>
internal static class FlagTexts
{
    private const int MaxKept = 512;

    [ThreadStatic]
    private static Dictionary<uint, CelList>? _kept;

    public static CelList Of(uint flags)
    {
        _kept ??= [];
        if (!_kept.TryGetValue(flags, out CelList? list))
        {
            if (_kept.Count >= MaxKept)
            {
                _kept.Clear();
            }

            _kept[flags] = list = CelList.OfTexts(OpenFlagNames.Of(flags));
        }

        return list;
    }

    /// <summary>The inverse; names that open(2) does not know count for nothing.</summary>
    public static uint Parse(CelList names)
    {
        uint flags = 0;
        for (int i = 0; i < names.Count; i++)
        {
            string name = names[i].Text.ToString();
            int mode = OpenFlagNames.AccessModes.IndexOf(name);
            flags |= mode > 0 ? (uint)mode : OpenFlagNames.Bits.FirstOrDefault(bit => bit.Name == name).Bits;
        }

        return flags;
    }

    private static int IndexOf(this IReadOnlyList<string> names, string name)
    {
        for (int i = 0; i < names.Count; i++)
        {
            if (names[i] == name)
            {
                return i;
            }
        }

        return -1;
    }
}
