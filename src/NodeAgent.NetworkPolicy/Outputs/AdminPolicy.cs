// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;

namespace NodeAgent.NetworkPolicy.Outputs;

/// <summary>An AdminNetworkPolicy: what was seen is allowed, the rest denied.</summary>
/// <remarks>
/// Source: the CRD of policy.networking.k8s.io/v1alpha1, experimental channel (address blocks). It knows pods only as sources: what came in
/// from addresses can be neither allowed nor denied there, which an annotation says.
/// </remarks>
internal static class AdminPolicy
{
    /// <summary>Sources that the kind has no word for.</summary>
    internal const string OmittedAnnotation = "node-agent.io/omitted-ingress-addresses";

    private const int Priority = 500; // of 0 to 1000: room before and after it
    private const int MostRules = 100;
    private const int MostPeers = 100;
    private const int MostPorts = 100;
    private const int MostBlocks = 25; // of one peer
    private const int MostName = 253;

    public static JsonObject Write(PolicyModel model)
    {
        JsonArray ingress = Rules("ingress", "from", model.Ingress, model, rule => [.. Pods(rule, model)], [new JsonObject { ["namespaces"] = new JsonObject() }]);
        JsonArray egress = Rules("egress", "to", model.Egress, model, rule => [.. Networks(rule), .. Pods(rule, model)],
            [new JsonObject { ["networks"] = new JsonArray("0.0.0.0/0", "::/0") }, new JsonObject { ["namespaces"] = new JsonObject() }]);
        string name = $"{model.Namespace}-{model.Name}";
        JsonObject metadata = PolicyDocument.Metadata(name.Length <= MostName ? name : name[..MostName].TrimEnd('-', '.'), null, model);
        string[] omitted = [.. model.Ingress.SelectMany(rule => rule.Peers).Where(peer => peer.Block is not null).Select(peer => peer.Text).Order(StringComparer.Ordinal)];
        if (omitted.Length > 0)
        {
            metadata["annotations"]!.AsObject()[OmittedAnnotation] = string.Join(',', omitted);
        }

        return new JsonObject
        {
            ["apiVersion"] = "policy.networking.k8s.io/v1alpha1",
            ["kind"] = "AdminNetworkPolicy",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject
            {
                ["priority"] = Priority,
                ["subject"] = new JsonObject { ["pods"] = PodsOf(Named(model.Namespace), model.Pods) },
                ["ingress"] = ingress,
                ["egress"] = egress,
            },
        };
    }

    private static JsonArray Rules(string direction, string field, IReadOnlyList<PolicyRule> rules, PolicyModel model, Func<PolicyRule, JsonObject[]> peers, JsonObject[] everybody)
    {
        var written = new List<JsonNode>();
        foreach (PolicyRule rule in rules)
        {
            foreach (JsonObject[] some in peers(rule).Chunk(MostPeers))
            {
                foreach (PortRange[]? ports in rule.Ports.Count == 0 ? new PortRange[]?[] { null } : rule.Ports.Chunk(MostPorts).Cast<PortRange[]?>())
                {
                    written.Add(Rule($"{direction}-{written.Count}", "Allow", field, some, ports));
                }
            }
        }

        written.Add(Rule($"{direction}-rest", "Deny", field, everybody, null));
        return written.Count <= MostRules ? new JsonArray([.. written]) : throw new PolicyUnavailableException(
            $"{model.Namespace}/{model.Name}: an AdminNetworkPolicy holds {MostRules} rules of a direction, and {written.Count} of {direction} are needed; collapse addresses, or use another type");
    }

    private static JsonObject Rule(string name, string action, string field, JsonObject[] peers, PortRange[]? ports)
    {
        // A node has one parent: what is written in several rules is copied.
        var rule = new JsonObject { ["name"] = name, ["action"] = action, [field] = new JsonArray([.. peers.Select(peer => peer.DeepClone())]) };
        if (ports is not null)
        {
            rule["ports"] = new JsonArray([.. ports.Select(Port)]);
        }

        return rule;
    }

    private static JsonObject Port(PortRange range) => range.First == range.Last
        ? new JsonObject { ["portNumber"] = new JsonObject { ["protocol"] = range.Protocol, ["port"] = range.First } }
        : new JsonObject { ["portRange"] = new JsonObject { ["protocol"] = range.Protocol, ["start"] = range.First, ["end"] = range.Last } };

    private static IEnumerable<JsonObject> Networks(PolicyRule rule) => rule.Peers.Where(peer => peer.Block is not null).Chunk(MostBlocks)
        .Select(some => new JsonObject { ["networks"] = new JsonArray([.. some.Select(peer => JsonValue.Create(peer.Text))]) });

    private static IEnumerable<JsonObject> Pods(PolicyRule rule, PolicyModel model) => rule.Peers.Where(peer => peer.Block is null)
        .Select(peer => new JsonObject { ["pods"] = PodsOf(peer.Namespaces ?? Named(model.Namespace), peer.Pods) });

    private static JsonObject PodsOf(LabelSelector namespaces, LabelSelector? pods) => new()
    {
        ["namespaceSelector"] = PolicyDocument.Selector(namespaces, key => key),
        ["podSelector"] = PolicyDocument.Selector(pods, key => key),
    };

    private static LabelSelector Named(string? space) => new()
    {
        MatchLabels = new Dictionary<string, string> { [KubernetesLabels.NamespaceName] = string.IsNullOrEmpty(space) ? Evaluation.PolicySet.DefaultNamespace : space },
    };
}
