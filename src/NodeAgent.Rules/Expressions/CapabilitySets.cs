// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Cel.Values;
using NodeAgent.Events.Capabilities;

namespace NodeAgent.Rules.Expressions;

/// <summary>Sets of capabilities as lists of names. There are few different ones, so each is made once.</summary>
internal static class CapabilitySets
{
    private const int MaxKept = 256;
    private static readonly CelText[] Names = [.. Enumerable.Range(0, CapabilityNames.Limit).Select(number => CelText.Of(CapabilityNames.Of(number)))];

    [ThreadStatic]
    private static Dictionary<ulong, CelList>? _kept;

    /// <summary>Shape: <c>SYS_ADMIN</c>.</summary>
    public static CelText NameOf(uint capability) => capability < (uint)Names.Length ? Names[capability] : default;

    public static CelList NamesOf(ulong set)
    {
        _kept ??= [];
        if (!_kept.TryGetValue(set, out CelList? list))
        {
            list = CelList.Of([.. Enumerable.Range(0, CapabilityNames.Limit).Where(number => (set >> number & 1) != 0).Select(number => CelValue.Of(Names[number]))]);
            if (_kept.Count >= MaxKept)
            {
                _kept.Clear();
            }

            _kept[set] = list;
        }

        return list;
    }
}
