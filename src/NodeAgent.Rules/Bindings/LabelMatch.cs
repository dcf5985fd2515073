// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Rules.Bindings;

/// <summary>Whether labels are those that a selector wants. Source: k8s.io/apimachinery LabelSelector.</summary>
internal static class LabelMatch
{
    /// <param name="selector">Null and empty choose all.</param>
    public static bool Holds(LabelSelector? selector, IReadOnlyDictionary<string, string> labels)
    {
        foreach ((string key, string value) in selector?.MatchLabels ?? new Dictionary<string, string>())
        {
            if (!labels.TryGetValue(key, out string? found) || found != value)
            {
                return false;
            }
        }

        foreach (LabelSelectorRequirement requirement in selector?.MatchExpressions ?? [])
        {
            bool has = labels.TryGetValue(requirement.Key!, out string? found);
            bool holds = requirement.Operator switch
            {
                "In" => has && requirement.Values!.Contains(found!),
                "NotIn" => !has || !requirement.Values!.Contains(found!),
                "Exists" => has,
                _ => !has,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    /// <returns>Null when the selector makes sense.</returns>
    public static string? FaultOf(LabelSelector? selector)
    {
        foreach (LabelSelectorRequirement? requirement in selector?.MatchExpressions ?? [])
        {
            if (requirement is not { Key.Length: > 0 })
            {
                return "an expression has no key";
            }

            bool needsValues = requirement.Operator is "In" or "NotIn";
            if (!needsValues && requirement.Operator is not ("Exists" or "DoesNotExist"))
            {
                return $"'{requirement.Operator}' is none of In, NotIn, Exists and DoesNotExist";
            }

            if (needsValues != requirement.Values is { Count: > 0 })
            {
                return $"'{requirement.Operator}' of {requirement.Key} {(needsValues ? "needs values" : "takes no values")}";
            }
        }

        return null;
    }
}
