// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Cli;
using NodeAgent.NetworkPolicy.Evaluation;

namespace NodeAgent.Policies;

/// <summary>The NetworkPolicies of a file: their own, or those inside of GeneratedNetworkPolicies.</summary>
internal static class PolicyFile
{
    /// <param name="space">Of objects that name none, as kubectl does it.</param>
    /// <remarks>Errors: <see cref="CommandException"/> that names the field.</remarks>
    public static (PolicySet Policies, IReadOnlySet<string> Namespaces) Read(string file, string space)
    {
        var policies = new List<Api.Networking.NetworkPolicy>();
        foreach (JsonNode document in YamlFile.Read(file))
        {
            policies.Add(Policy(file, document, space));
        }

        try
        {
            return policies.Count > 0
                ? (PolicySet.Compile(policies), policies.Select(policy => policy.Metadata.Namespace!).ToHashSet(StringComparer.Ordinal))
                : throw new CommandException($"{file}: no NetworkPolicy in it");
        }
        catch (PolicyFormatException e)
        {
            throw new CommandException($"{file}: {e.Message}");
        }
    }

    private static Api.Networking.NetworkPolicy Policy(string file, JsonNode document, string space)
    {
        string kind = document is JsonObject o ? o["kind"]?.ToString() ?? string.Empty : string.Empty;
        JsonNode? policy = kind == GeneratedNetworkPolicy.KindName ? document["spec"] : document;
        if (kind is not ("NetworkPolicy" or GeneratedNetworkPolicy.KindName))
        {
            throw new CommandException($"{file}: '{kind}' is no NetworkPolicy");
        }

        try
        {
            Api.Networking.NetworkPolicy read = policy.Deserialize(ApiJsonContext.Default.NetworkPolicy)
                ?? throw new CommandException($"{file}: a policy is empty");
            return read with { Metadata = (read.Metadata ?? new()) with { Namespace = read.Metadata?.Namespace ?? space } };
        }
        catch (JsonException e)
        {
            throw new CommandException($"{file}: {e.Path}: not what a NetworkPolicy has there");
        }
    }
}
