// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Merging;

/// <summary>What one profile has to tell another: <c>union(known, difference) = union(known, newer)</c>, and no less would do.</summary>
/// <remarks>An entry is the smallest part: of an open with one new flag, the whole open.</remarks>
public static class ProfileDifference
{
    /// <param name="newer">Any profile.</param>
    /// <param name="known">Any profile.</param>
    /// <returns>Normal but for what is generalised by <paramref name="known"/> only; lists without an entry are empty or null.</returns>
    public static ContainerProfileSpec Of(ContainerProfileSpec newer, ContainerProfileSpec known, MergeRules rules)
    {
        ArgumentNullException.ThrowIfNull(newer);
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(rules);
        ContainerProfileSpec old = ProfileUnion.Of([known], rules);
        ContainerProfileSpec both = ProfileUnion.Add(old, newer, rules);
        HashSet<ulong> told = [.. ProfileEntry.All(old).Select(entry => entry.Hash)];

        // Of the union: what the patterns of both turn into something that is known already is no news.
        ContainerProfileSpec difference = ProfileEntry.ToSpec(newer, [.. ProfileEntry.All(both).Where(entry => !told.Contains(entry.Hash))]);
        return difference with { Execs = difference.Execs ?? [], Opens = difference.Opens ?? [], Ingress = difference.Ingress ?? [], Egress = difference.Egress ?? [] };
    }
}
