// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Tests.Agent;

/// <summary>A stored profile, as far as the tests compare it.</summary>
/// <param name="Execs">Shape: path, then arguments, by blanks.</param>
/// <param name="Peers">Shape: <c>ADDRESS PROTOCOL-PORT</c> of egress.</param>
internal sealed record Profile(
    string Status, string Completion, string Reason, IReadOnlyList<string> Execs, IReadOnlyList<string> Opens, IReadOnlyList<string> Peers, string Json)
{
    /// <param name="list">Shape: a List.</param>
    /// <param name="unit">The workload's name.</param>
    public static Profile? Find(JsonDocument list, string unit)
    {
        foreach (JsonElement item in list.RootElement.GetProperty("items").EnumerateArray())
        {
            JsonElement metadata = item.GetProperty("metadata");
            if (metadata.GetProperty("labels").GetProperty("kubescape.io/workload-name").GetString() == unit)
            {
                return Of(metadata.GetProperty("annotations"), item);
            }
        }

        return null;
    }

    public override string ToString() => Json;

    private static Profile Of(JsonElement annotations, JsonElement item)
    {
        JsonElement spec = item.GetProperty("spec");
        return new Profile(
            annotations.GetProperty("kubescape.io/status").GetString()!,
            annotations.GetProperty("kubescape.io/completion").GetString()!,
            annotations.TryGetProperty("node-agent.io/partial-reason", out JsonElement reason) ? reason.GetString()! : string.Empty,
            [.. Each(spec, "execs").Select(e => string.Join(' ', [e.GetProperty("path").GetString()!, .. Each(e, "args").Select(a => a.GetString()!)]))],
            [.. Each(spec, "opens").Select(e => e.GetProperty("path").GetString()!)],
            [.. Each(spec, "egress").SelectMany(e => Each(e, "ports").Select(p => $"{e.GetProperty("ipAddress").GetString()} {p.GetProperty("name").GetString()}"))],
            item.GetRawText());
    }

    private static JsonElement.ArrayEnumerator Each(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;
}
