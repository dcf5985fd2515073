// SPDX-License-Identifier: Apache-2.0
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Tests.Agent;

/// <summary>A NetworkPolicy of address blocks as nftables rules for the namespace of the pod that it selects.</summary>
internal static class NftRules
{
    /// <param name="policy">Shape: NetworkPolicy, JSON.</param>
    public static string Of(JsonNode policy)
    {
        JsonNode spec = policy["spec"]!;
        var rules = new StringBuilder("table inet pod {\n");
        Chain(rules, "input", "saddr", "from", spec["ingress"]!.AsArray());
        Chain(rules, "output", "daddr", "to", spec["egress"]!.AsArray());
        return rules.Append("}\n").ToString();
    }

    // What was let through once may be answered; neighbour discovery belongs to the link, and no policy cuts it.
    private static void Chain(StringBuilder rules, string hook, string address, string peers, JsonArray allowed)
    {
        rules.Append($"chain {hook} {{\ntype filter hook {hook} priority 0; policy drop;\nct state established,related accept\n");
        rules.Append("icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept\n");
        foreach (JsonNode? rule in allowed)
        {
            foreach (string block in Blocks(rule![peers]))
            {
                foreach (string port in Ports(rule["ports"]))
                {
                    rules.Append($"{(block.Contains(':', StringComparison.Ordinal) ? "ip6" : "ip")} {address} {block} {port} accept\n");
                }
            }
        }

        rules.Append("}\n");
    }

    private static IEnumerable<string> Blocks(JsonNode? peers) => peers!.AsArray().Select(peer => peer!["ipBlock"]!["cidr"]!.GetValue<string>());

    private static IEnumerable<string> Ports(JsonNode? ports) => ports!.AsArray().Select(port =>
    {
        string last = port!["endPort"] is { } end ? $"-{end}" : string.Empty;
        return $"{port["protocol"]!.GetValue<string>().ToLowerInvariant()} dport {port["port"]}{last}";
    });
}
