// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.Meta;
using NodeAgent.Api.SoftwareComposition;

namespace NodeAgent.NetworkPolicy.Outputs;

/// <summary>As what a policy is written.</summary>
public enum PolicyKind
{
    /// <summary>networking.k8s.io/v1 NetworkPolicy.</summary>
    Kubernetes,

    /// <summary>cilium.io/v2 CiliumNetworkPolicy: destinations by their DNS names where they have some.</summary>
    Cilium,

    /// <summary>policy.networking.k8s.io/v1alpha1 AdminNetworkPolicy, which no NetworkPolicy overrules.</summary>
    Admin,
}

/// <summary>Writes the policy that observed traffic justifies as one kind or another. Equal input gives equal output, whatever its order.</summary>
public static class PolicyDocument
{
    /// <exception cref="PolicyUnavailableException">There is no policy yet, or the kind cannot hold it; the message says why.</exception>
    public static JsonObject Write(PolicyKind kind, NetworkNeighborhood neighborhood, IReadOnlyList<KnownServer> servers, PolicyOptions? options = null) => kind switch
    {
        PolicyKind.Cilium => CiliumPolicy.Write(NetworkPolicyGenerator.Model(neighborhood, servers, options ?? PolicyOptions.Default)),
        PolicyKind.Admin => AdminPolicy.Write(NetworkPolicyGenerator.Model(neighborhood, servers, options ?? PolicyOptions.Default)),
        _ => (JsonObject)JsonSerializer.SerializeToNode(
            NetworkPolicyGenerator.Generate(neighborhood, servers, TimeProvider.System, options).Spec!, ApiJsonContext.Readable.NetworkPolicy)!,
    };

    internal static JsonObject Metadata(string name, string? space, PolicyModel model)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (space is not null)
        {
            metadata["namespace"] = space;
        }

        metadata["labels"] = Map(model.Labels);
        metadata["annotations"] = Map(model.Annotations);
        return metadata;
    }

    internal static JsonObject Map(IEnumerable<KeyValuePair<string, string>> pairs) =>
        new(pairs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    /// <param name="key">What becomes of a label's key.</param>
    internal static JsonObject Selector(LabelSelector? selector, Func<string, string> key)
    {
        var written = new JsonObject();
        if (selector?.MatchLabels is { Count: > 0 } labels)
        {
            written["matchLabels"] = Map(labels.Select(label => KeyValuePair.Create(key(label.Key), label.Value)));
        }

        if (selector?.MatchExpressions is { Count: > 0 } terms)
        {
            written["matchExpressions"] = new JsonArray([.. terms.Select(term => Term(key(term.Key ?? string.Empty), term.Operator, term.Values))]);
        }

        return written;
    }

    internal static JsonObject Term(string key, string? @operator, IReadOnlyList<string>? values)
    {
        var term = new JsonObject { ["key"] = key, ["operator"] = @operator };
        if (values is { Count: > 0 })
        {
            term["values"] = new JsonArray([.. values.Select(value => JsonValue.Create(value))]);
        }

        return term;
    }
}
