// SPDX-License-Identifier: Apache-2.0
using System.Collections.Frozen;
using NodeAgent.Api.Meta;

namespace NodeAgent.NetworkPolicy;

/// <summary>Labels that change with every roll-out or release and so must not select pods in a policy.</summary>
internal static class IgnoredLabels
{
    private static readonly FrozenSet<string> Keys = new[]
    {
        "app.kubernetes.io/instance",
        "app.kubernetes.io/version",
        "app.kubernetes.io/managed-by",
        "app.kubernetes.io/created-by",
        "owner",
        "revision",
        "statefulset.kubernetes.io/pod-name",
        "scheduler.alpha.kubernetes.io/node-selector",
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "helm.sh/chart",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly Dictionary<string, string> None = [];

    public static bool Contains(string? key) => key is not null && Keys.Contains(key);

    /// <returns>
    /// The selector without them, labels in order. When nothing would be left the selector stays as it was: an
    /// empty one means every pod, which nobody observed.
    /// </returns>
    public static LabelSelector RemoveFrom(LabelSelector selector)
    {
        LabelSelector kept = Sorted(selector, key => !Contains(key));
        return kept.MatchLabels is null && kept.MatchExpressions is null ? Ordered(selector) : kept;
    }

    /// <returns>The same selector with its labels and terms in order, so that equal selectors are equal texts.</returns>
    public static LabelSelector Ordered(LabelSelector selector) => Sorted(selector, _ => true);

    private static LabelSelector Sorted(LabelSelector selector, Func<string?, bool> keep)
    {
        KeyValuePair<string, string>[] kept = [.. (selector.MatchLabels ?? None).Where(label => keep(label.Key))];
        Array.Sort(kept, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var labels = new OrderedDictionary<string, string>(kept.Length, StringComparer.Ordinal);
        foreach ((string key, string value) in kept)
        {
            labels[key] = value;
        }

        List<LabelSelectorRequirement>? terms = selector.MatchExpressions is null ? null
            : [.. selector.MatchExpressions.Where(term => keep(term.Key)).OrderBy(term => term.Key, StringComparer.Ordinal)];
        return new LabelSelector { MatchLabels = labels.Count == 0 ? null : labels, MatchExpressions = terms is { Count: > 0 } ? terms : null };
    }
}
