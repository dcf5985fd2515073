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
            string? id = Text(state, "id");
            string? cgroup = state.ValueKind == JsonValueKind.Object && state.TryGetProperty("cgroup_paths", out JsonElement paths)
                ? CgroupOf(paths)
                : null;
            if (string.IsNullOrEmpty(id) || cgroup is null || !state.TryGetProperty("config", out JsonElement config))
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
        if (Text(paths, string.Empty) is { } unified)
        {
            return Below(unified, CgroupRoot + "/unified") ?? Below(unified, CgroupRoot);
        }

        return Text(paths, "memory") is { } memory ? Below(memory, CgroupRoot + "/memory")
            : Text(paths, "pids") is { } pids ? Below(pids, CgroupRoot + "/pids")
            : null;
    }

    private static string? Below(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && path.Length > root.Length && path[root.Length] == '/' ? path[root.Length..] : null;

    private static (string Bundle, Dictionary<string, string> Annotations) Labels(JsonElement config)
    {
        string bundle = string.Empty;
        var annotations = new Dictionary<string, string>(StringComparer.Ordinal);
        if (config.ValueKind != JsonValueKind.Object
            || !config.TryGetProperty("labels", out JsonElement labels)
            || labels.ValueKind != JsonValueKind.Array)
        {
            return (bundle, annotations);
        }

        foreach (JsonElement label in labels.EnumerateArray())
        {
            string text = label.ValueKind == JsonValueKind.String ? label.GetString()! : string.Empty;
            int split = text.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0 || annotations.Count >= MaxAnnotations)
            {
                continue;
            }

            // runc puts the bundle last, so an annotation of that name does not pass for it.
            bundle = text.StartsWith("bundle=", StringComparison.Ordinal) ? text[(split + 1)..] : bundle;
            annotations[text[..split]] = text[(split + 1)..];
        }

        return (bundle, annotations);
    }

    private static bool HasNetwork(JsonElement config)
    {
        if (config.ValueKind != JsonValueKind.Object
            || !config.TryGetProperty("namespaces", out JsonElement namespaces)
            || namespaces.ValueKind != JsonValueKind.Array)
        {
            return true;
        }

        foreach (JsonElement item in namespaces.EnumerateArray())
        {
            if (Text(item, "type") == "NEWNET")
            {
                return true;
            }
        }

        return false;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
