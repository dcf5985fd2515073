// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NodeAgent.TestSupport.Kubernetes;

/// <summary>What a request to the double is about.</summary>
internal sealed record DoublePath(string Group, string Version, string Plural, string? Namespace, string? Name, IQueryCollection Query, string Accept)
{
    public string Resource => $"{Group}/{Plural}";

    /// <summary>A merge patch of the status.</summary>
    public bool IsPatch { get; init; }

    public string Verb => IsPatch ? "patch" : Name is not null ? "get" : Query["watch"] is [var watch] && watch is "1" or "true" ? "watch" : "list";

    private bool MetadataOnly => Accept.Contains(";as=PartialObjectMetadata", StringComparison.Ordinal);

    public static DoublePath? Parse(HttpRequest request)
    {
        string[] parts = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        (string Group, string Version, string[] Below)? root = parts switch
        {
            ["api", var version, .. var rest] => (string.Empty, version, rest),
            ["apis", var group, var version, .. var rest] => (group, version, rest),
            _ => null,
        };
        if (root is not { } found)
        {
            return null;
        }

        (string? ns, string[] left) = found.Below is ["namespaces", var named, _, ..] ? (named, found.Below[2..]) : (null, found.Below);
        bool ofStatus = HttpMethods.IsPatch(request.Method) && left is [_, _, "status"];
        return left is [var plural, ..] && (left.Length <= 2 || ofStatus)
            ? new DoublePath(found.Group, found.Version, plural, ns, left.Length >= 2 ? left[1] : null, request.Query, request.Headers.Accept.ToString()) { IsPatch = ofStatus }
            : null;
    }

    /// <summary>Whether namespace and field selector choose it.</summary>
    public bool Matches(JsonObject item)
    {
        if (Namespace is not null && (string?)item["metadata"]?["namespace"] != Namespace)
        {
            return false;
        }

        foreach (string term in Query["fieldSelector"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = term.Split('=', 2);
            JsonNode? at = item;
            foreach (string step in pair[0].Split('.'))
            {
                at = at?[step];
            }

            if (((string?)at ?? string.Empty) != pair[1])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The object as the client asked to see it.</summary>
    public JsonObject View(JsonObject item) => !MetadataOnly ? item : new JsonObject
    {
        ["kind"] = "PartialObjectMetadata",
        ["apiVersion"] = "meta.k8s.io/v1",
        ["metadata"] = item["metadata"]?.DeepClone(),
    };
}
