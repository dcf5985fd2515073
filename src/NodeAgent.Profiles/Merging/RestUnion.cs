// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.Profiles.Merging;

/// <summary>Unions of the small parts of a profile.</summary>
internal static class RestUnion
{
    public static ApiJsonContext Json => ApiJsonContext.Readable;

    /// <summary>One of two that cannot be united; the same one whichever came first.</summary>
    public static string? Larger(string? one, string? other) =>
        string.IsNullOrEmpty(one) ? (string.IsNullOrEmpty(other) ? null : other) : string.CompareOrdinal(one, other) >= 0 ? one : other;

    public static T? Larger<T>(T? one, T? other, JsonTypeInfo<T> type)
        where T : class =>
        one is null || other is null ? one ?? other : string.CompareOrdinal(Text(one, type), Text(other, type)) >= 0 ? one : other;

    /// <summary>Things without a key: equal ones are one, all others stay.</summary>
    public static IReadOnlyList<T>? Distinct<T>(IReadOnlyList<T>? one, IReadOnlyList<T>? other, JsonTypeInfo<T> type)
        where T : class
    {
        if (one is null or { Count: 0 } && other is null or { Count: 0 })
        {
            return null;
        }

        var all = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach (T item in (one ?? []).Concat(other ?? []).Where(item => item is not null))
        {
            all[Text(item, type)] = item;
        }

        return all.Count == 0 ? null : [.. all.Values];
    }

    /// <summary>What a workload is selected by: the labels that all its pods have, since each may have some of its own. Null = not known.</summary>
    public static IReadOnlyDictionary<string, string>? Common(IReadOnlyDictionary<string, string>? one, IReadOnlyDictionary<string, string>? other)
    {
        IReadOnlyDictionary<string, string> wanted = other ?? one ?? new Dictionary<string, string>();
        return one is null && other is null ? null : new SortedDictionary<string, string>(
            (one ?? other)!.Where(label => wanted.TryGetValue(label.Key, out string? value) && value == label.Value).ToDictionary(), StringComparer.Ordinal);
    }

    public static IReadOnlyList<LabelSelectorRequirement>? Common(IReadOnlyList<LabelSelectorRequirement>? one, IReadOnlyList<LabelSelectorRequirement>? other)
    {
        IReadOnlyList<LabelSelectorRequirement>? first = Distinct(one, null, Json.LabelSelectorRequirement);
        IReadOnlyList<LabelSelectorRequirement>? second = Distinct(other, null, Json.LabelSelectorRequirement);
        if (one is null || other is null)
        {
            return one is null && other is null ? null : first ?? second ?? [];
        }

        HashSet<string> wanted = [.. (second ?? []).Select(term => Text(term, Json.LabelSelectorRequirement))];
        return [.. (first ?? []).Where(term => wanted.Contains(Text(term, Json.LabelSelectorRequirement)))];
    }

    /// <summary>By rule: what one profile allows is allowed.</summary>
    public static IReadOnlyDictionary<string, RulePolicy>? Policies(IReadOnlyDictionary<string, RulePolicy>? one, IReadOnlyDictionary<string, RulePolicy>? other)
    {
        if (one is null or { Count: 0 } && other is null or { Count: 0 })
        {
            return null;
        }

        var all = new SortedDictionary<string, RulePolicy>(StringComparer.Ordinal);
        foreach ((string rule, RulePolicy policy) in (one ?? new Dictionary<string, RulePolicy>()).Concat(other ?? new Dictionary<string, RulePolicy>()))
        {
            RulePolicy? known = all.GetValueOrDefault(rule);
            all[rule] = new RulePolicy
            {
                ProcessAllowed = SortedUnion.Texts(known?.ProcessAllowed, policy?.ProcessAllowed),
                ContainerAllowed = known?.ContainerAllowed is null && policy?.ContainerAllowed is null ? null : known?.ContainerAllowed == true || policy?.ContainerAllowed == true,
            };
        }

        return all;
    }

    private static string Text<T>(T item, JsonTypeInfo<T> type) => JsonSerializer.Serialize(item, type);
}
