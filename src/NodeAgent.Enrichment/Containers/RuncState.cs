// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Enrichment.Containers;

/// <summary>What we read of runc's <c>state.json</c>.</summary>
/// <param name="Id">The name that runc was given.</param>
/// <param name="CgroupPath">Shape: path in the cgroup2 tree, or in a v1 hierarchy where there is none; <c>/</c> first.</param>
/// <param name="Bundle">Shape: absolute directory; empty when not told.</param>
/// <param name="Annotations">The annotations of the bundle's config.json, which runc keeps among its labels.</param>
/// <param name="HasNetworkNamespace">False: it shares the host's network.</param>
internal sealed record RuncState(
    string Id,
    string CgroupPath,
    string Bundle,
    IReadOnlyDictionary<string, string> Annotations,
    bool HasNetworkNamespace)
{
    private const string CgroupRoot = "/sys/fs/cgroup";
    private const int MaxAnnotations = 512;

    /// <returns>Null when this is no state of runc, or only half written.</returns>
    public static RuncState? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            JsonElement state = document.RootElement;
            string id = Json.Text(state, "id");
            string? cgroup = CgroupOf(Json.Object(state, "cgroup_paths"));
            JsonElement config = Json.Object(state, "config");
            if (id.Length == 0 || cgroup is null || config.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            (string bundle, Dictionary<string, string> annotations) = Labels(config);
            return new RuncState(id, cgroup, bundle, annotations, HasNetwork(config));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The cgroup2 directory has the empty key; v1 names its controllers.</summary>
    private static string? CgroupOf(JsonElement paths)
    {
        if (Json.Text(paths, string.Empty) is { Length: > 0 } unified)
        {
            return Below(unified, CgroupRoot + "/unified") ?? Below(unified, CgroupRoot);
        }

        return Below(Json.Text(paths, "memory"), CgroupRoot + "/memory") ?? Below(Json.Text(paths, "pids"), CgroupRoot + "/pids");
    }

    private static string? Below(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && path.Length > root.Length && path[root.Length] == '/' ? path[root.Length..] : null;

    private static (string Bundle, Dictionary<string, string> Annotations) Labels(JsonElement config)
    {
        string bundle = string.Empty;
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string text in Json.Texts(config, "labels", MaxAnnotations + 1))
        {
            int split = text.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
            {
                continue;
            }

            // runc puts the bundle last, so an annotation of that name does not pass for it.
            bundle = text.StartsWith("bundle=", StringComparison.Ordinal) ? text[(split + 1)..] : bundle;
            annotations[text[..split]] = text[(split + 1)..];
        }

        return (bundle, annotations);
    }

    // A state without the list is of another version: a container has its own network unless told otherwise.
    private static bool HasNetwork(JsonElement config)
    {
        JsonElement[] namespaces = [.. Json.Items(config, "namespaces", MaxAnnotations)];
        return namespaces.Length == 0 || namespaces.Any(item => Json.Text(item, "type") == "NEWNET");
    }
}
