// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.Names;

/// <summary>Identity of a network neighbour: neighbours with the same one are united.</summary>
/// <remarks>
/// The hashed text is byte for byte that of Kubescape's agent, so that neighbours learned by both unite. It prints a
/// selector as the Kubernetes Go types do, <c>&amp;LabelSelector{MatchLabels:map[string]string{app: x,},MatchExpressions:…}</c>.
/// </remarks>
public static class NeighborIdentifier
{
    /// <returns>Shape: 64 lower-case hex digits, SHA-256 of <c>type-ip-dns-namespaceSelector-podSelector</c>.</returns>
    public static string Compute(string type, string? ip, string? dns, LabelSelector? namespaceSelector, LabelSelector? podSelector)
    {
        string text = $"{type}-{ip}-{dns}-{Text(namespaceSelector)}-{Text(podSelector)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static string Text(LabelSelector? selector)
    {
        if (selector is null)
        {
            return "nil";
        }

        var text = new StringBuilder("&LabelSelector{MatchLabels:map[string]string{");
        foreach ((string key, string value) in (selector.MatchLabels ?? new Dictionary<string, string>()).OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            text.Append(key).Append(": ").Append(value).Append(',');
        }

        text.Append("},MatchExpressions:[]LabelSelectorRequirement{");
        foreach (LabelSelectorRequirement term in selector.MatchExpressions ?? [])
        {
            text.Append("LabelSelectorRequirement{Key:").Append(term.Key)
                .Append(",Operator:").Append(term.Operator)
                .Append(",Values:[").AppendJoin(' ', term.Values ?? []).Append("],},");
        }

        return text.Append("},}").ToString();
    }
}
