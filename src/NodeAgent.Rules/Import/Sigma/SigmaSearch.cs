// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Rules.Import.Conditions;
using NodeAgent.Rules.Import.Yaml;

namespace NodeAgent.Rules.Import.Sigma;

/// <summary>What one search asks: a map of fields that must all hold, or a list of maps of which one must.</summary>
internal static class SigmaSearch
{
    public static Condition Of(ImportValue search) => search switch
    {
        ImportMapping map => Condition.All(map.Members.Select(member => SigmaItem.Of(member.Key, member.Value))),
        ImportSequence list when list.Values.All(value => value is ImportMapping) && list.Values.Count > 0 => Condition.Any(list.Values.Select(Of)),
        ImportSequence or ImportScalar => Condition.Lacking("keywords, which are sought in whole messages"),
        _ => throw new FormatException($"line {search.Line}: a search is a map or a list of maps"),
    };
}
