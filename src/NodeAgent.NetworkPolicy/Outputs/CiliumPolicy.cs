// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;

namespace NodeAgent.NetworkPolicy.Outputs;

/// <summary>A CiliumNetworkPolicy.</summary>
/// <remarks>
/// Source: the CRD of cilium.io/v2. Address rules there are for what is outside of the cluster: a node, and the API server, is an entity. Which
/// private addresses are nodes is not known here, so the ports that were seen of one are open to nodes too.
/// </remarks>
internal static partial class CiliumPolicy
{
    private const int MostPorts = 40; // of one entry
    private const string NamespaceKey = "k8s:io.kubernetes.pod.namespace";
    private static readonly string[] Nodes = ["host", "remote-node"];
    private static readonly string[] NodesAndApiServer = ["host", "remote-node", "kube-apiserver"];

    public static JsonObject Write(PolicyModel model)
    {
        bool byNames = model.Egress.SelectMany(rule => rule.Peers).Any(IsNamed);
        return new JsonObject
        {
            ["apiVersion"] = "cilium.io/v2",
            ["kind"] = "CiliumNetworkPolicy",
            ["metadata"] = PolicyDocument.Metadata(model.Name, model.Namespace, model),
            ["spec"] = new JsonObject
            {
                ["endpointSelector"] = PolicyDocument.Selector(model.Pods, Label),
                ["ingress"] = Rules(model.Ingress.SelectMany(rule => Ingress(rule))),
                ["egress"] = Rules(model.Egress.SelectMany(rule => Egress(rule, byNames))),
            },
        };
    }

    // No rule at all would leave the direction open; one that names nobody closes it.
    private static JsonArray Rules(IEnumerable<JsonObject> rules)
    {
        JsonNode[] all = [.. rules];
        return new JsonArray(all.Length > 0 ? all : [new JsonObject()]);
    }

    private static IEnumerable<JsonObject> Ingress(PolicyRule rule) => Parts(rule, "fromEndpoints", "fromCIDR", "fromEntities", Nodes, [.. Blocks(rule)], withDns: false);

    private static IEnumerable<JsonObject> Egress(PolicyRule rule, bool withDns)
    {
        RulePeer[] named = [.. rule.Peers.Where(IsNamed)];
        foreach (JsonObject part in Parts(rule, "toEndpoints", "toCIDR", "toEntities", NodesAndApiServer, [.. Blocks(rule).Where(peer => !IsNamed(peer))], withDns))
        {
            yield return part;
        }

        if (named.Length > 0)
        {
            // They must stand alone in a rule.
            yield return Rule(rule, "toFQDNs", new JsonArray([.. named.SelectMany(peer => peer.Names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(Name)]), withDns);
        }
    }

    private static IEnumerable<JsonObject> Parts(PolicyRule rule, string endpoints, string blocks, string entities, string[] nodes, RulePeer[] addresses, bool withDns)
    {
        JsonNode[] pods = [.. rule.Peers.Where(peer => peer.Block is null).Select(Endpoint)];
        if (pods.Length > 0)
        {
            yield return Rule(rule, endpoints, new JsonArray(pods), withDns);
        }

        if (addresses.Length > 0)
        {
            yield return Rule(rule, blocks, new JsonArray([.. addresses.Select(peer => JsonValue.Create(peer.Text))]), withDns);
        }

        if (addresses.Any(peer => peer.Block!.Value.IsPrivate))
        {
            yield return Rule(rule, entities, new JsonArray([.. nodes.Select(node => JsonValue.Create(node))]), withDns);
        }
    }

    private static JsonObject Rule(PolicyRule rule, string field, JsonArray peers, bool withDns)
    {
        var written = new JsonObject { [field] = peers };
        if (rule.Ports.Count > 0)
        {
            written["toPorts"] = new JsonArray([.. rule.Ports.GroupBy(port => withDns && port is { First: RuleBuilder.DnsPort, Last: RuleBuilder.DnsPort } && port.Protocol is not "SCTP")
                .SelectMany(group => group.Chunk(MostPorts).Select(ports => Ports(ports, isDns: group.Key)))]);
        }

        return written;
    }

    // Names can only be matched when the answers to them are seen.
    private static JsonObject Ports(PortRange[] ranges, bool isDns)
    {
        var written = new JsonObject { ["ports"] = new JsonArray([.. ranges.Select(Port)]) };
        if (isDns)
        {
            written["rules"] = new JsonObject { ["dns"] = new JsonArray(new JsonObject { ["matchPattern"] = "*" }) };
        }

        return written;
    }

    private static JsonObject Port(PortRange range)
    {
        var port = new JsonObject { ["port"] = range.First.ToString(CultureInfo.InvariantCulture), ["protocol"] = range.Protocol };
        if (range.Last != range.First)
        {
            port["endPort"] = range.Last;
        }

        return port;
    }

    private static JsonObject Endpoint(RulePeer peer)
    {
        JsonObject selector = PolicyDocument.Selector(peer.Pods, Label);
        if (peer.Namespaces is not { } namespaces)
        {
            return selector; // pods of the policy's own namespace, here as there
        }

        JsonObject spaces = PolicyDocument.Selector(namespaces, NamespaceLabel);
        Unite(selector, spaces, "matchLabels", new JsonObject(), static (into, from) =>
        {
            foreach ((string key, JsonNode? value) in from.AsObject())
            {
                into.AsObject()[key] = value?.DeepClone();
            }
        });
        Unite(selector, spaces, "matchExpressions", new JsonArray(), static (into, from) =>
        {
            foreach (JsonNode? term in from.AsArray())
            {
                into.AsArray().Add(term?.DeepClone());
            }
        });
        if (spaces.Count == 0)
        {
            // Of every namespace: without a word of it Cilium means the policy's own.
            Unite(selector, new JsonObject { ["matchExpressions"] = new JsonArray(PolicyDocument.Term(NamespaceKey, "Exists", null)) }, "matchExpressions", new JsonArray(),
                static (into, from) => into.AsArray().Add(from[0]!.DeepClone()));
        }

        return selector;
    }

    private static void Unite(JsonObject selector, JsonObject other, string field, JsonNode empty, Action<JsonNode, JsonNode> add)
    {
        if (other[field] is { } more)
        {
            add(selector[field] ??= empty, more);
        }
    }

    private static JsonObject Name(string name) => new() { [name.Contains('*', StringComparison.Ordinal) ? "matchPattern" : "matchName"] = name };

    private static IEnumerable<RulePeer> Blocks(PolicyRule rule) => rule.Peers.Where(peer => peer.Block is not null);

    // Names of addresses inside of the cluster do not count there; nor does what is no host name.
    private static bool IsNamed(RulePeer peer) => peer is { Block.IsPrivate: false, Names.Count: > 0 } && peer.Names.All(name => name.Length <= 255 && HostName().IsMatch(name));

    private static string Label(string key) => "k8s:" + key;

    private static string NamespaceLabel(string key) => key == KubernetesLabels.NamespaceName ? NamespaceKey : "k8s:io.cilium.k8s.namespace.labels." + key;

    [GeneratedRegex(@"\A[-a-zA-Z0-9_*]+(\.[-a-zA-Z0-9_*]+)*\z")]
    private static partial Regex HostName();
}
