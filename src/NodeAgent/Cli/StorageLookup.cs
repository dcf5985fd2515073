// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Nodes;
using NodeAgent.Api.Names;
using NodeAgent.Export.Storage;

namespace NodeAgent.Cli;

/// <summary>Finds the object that a person means: by its name, or by the workload or container that it is of.</summary>
internal static class StorageLookup
{
    /// <remarks>Errors: <see cref="CommandException"/> when nothing, or more than one object, is meant.</remarks>
    public static async Task<ApiObject> FindAsync(StorageClient client, string resource, string space, string name, CancellationToken stop)
    {
        if (!name.Contains('/', StringComparison.Ordinal) && await client.GetAsync(resource, space, name, stop).ConfigureAwait(false) is { } exact)
        {
            return exact;
        }

        ApiList all = await client.ListAsync(resource, space, labelSelector: null, stop).ConfigureAwait(false);
        List<ApiObject> found = [.. all.Items.Where(i => IsMeant(JsonNode.Parse(i.Json.Span)?["metadata"]?["labels"], name))];
        return found switch
        {
            [var one] => one,
            [] => throw new CommandException($"no {resource} for '{name}' in namespace {space}"),
            _ => throw new CommandException($"'{name}' means {found.Count} {resource}: {string.Join(", ", found.Take(5).Select(f => f.Name))}{(found.Count > 5 ? ", …" : string.Empty)}"),
        };
    }

    private static bool IsMeant(JsonNode? labels, string name)
    {
        string? workload = labels?[KubescapeLabels.Name]?.ToString();
        string? kind = labels?[KubescapeLabels.Kind]?.ToString();
        return name == workload
            || name == labels?[KubescapeLabels.ContainerName]?.ToString()
            || name.Equals($"{kind}/{workload}", StringComparison.OrdinalIgnoreCase);
    }
}
