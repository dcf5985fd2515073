// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Merging;

/// <summary>HTTP endpoints by port, path, direction and kind of peer; paths are generalised, methods and headers united.</summary>
internal static class EndpointUnion
{
    private static readonly IComparer<HttpEndpoint> Order = Comparer<HttpEndpoint>.Create(Compare);

    /// <returns>Sorted; null when there are none, which says "not known".</returns>
    public static IReadOnlyList<HttpEndpoint>? Of(IEnumerable<HttpEndpoint> endpoints, PathRules rules)
    {
        IEnumerable<HttpEndpoint> rewritten = endpoints.Where(endpoint => endpoint?.Endpoint is not null)
            .GroupBy(endpoint => (Host(endpoint), endpoint.Direction, endpoint.Internal))
            .SelectMany(group => Generalize([.. group], rules));
        List<HttpEndpoint> all = SortedUnion.Of(rewritten, Order, Unite);
        return all.Count == 0 ? null : all;
    }

    private static IEnumerable<HttpEndpoint> Generalize(HttpEndpoint[] endpoints, PathRules rules)
    {
        PathPatterns patterns = PathPatterns.Generalize(endpoints.Select(Path).Where(PathPatterns.IsPath), rules);
        return endpoints.Select(endpoint =>
        {
            string path = Path(endpoint);
            return endpoint with
            {
                Endpoint = PathPatterns.IsPath(path) ? Host(endpoint) + patterns.Rewrite(path) : endpoint.Endpoint,
                Methods = SortedUnion.Texts(endpoint.Methods, null),
                Headers = Headers(endpoint.Headers, null),
            };
        });
    }

    private static string Host(HttpEndpoint endpoint) => endpoint.Endpoint![..^Path(endpoint).Length];

    private static string Path(HttpEndpoint endpoint)
    {
        int slash = endpoint.Endpoint!.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? string.Empty : endpoint.Endpoint[slash..];
    }

    private static HttpEndpoint Unite(HttpEndpoint one, HttpEndpoint other) =>
        one with { Methods = SortedUnion.Texts(one.Methods, other.Methods), Headers = Headers(one.Headers, other.Headers) };

    // Name → values. What is no such object names nothing.
    private static JsonElement? Headers(JsonElement? one, JsonElement? other)
    {
        var united = new SortedDictionary<string, SortedSet<string>>(StringComparer.Ordinal);
        foreach (JsonElement? headers in (ReadOnlySpan<JsonElement?>)[one, other])
        {
            if (headers is not { ValueKind: JsonValueKind.Object } map)
            {
                continue;
            }

            foreach (JsonProperty header in map.EnumerateObject())
            {
                SortedSet<string> values = united.TryGetValue(header.Name, out SortedSet<string>? known) ? known : united[header.Name] = new(StringComparer.Ordinal);
                values.UnionWith(header.Value.ValueKind switch
                {
                    JsonValueKind.Array => header.Value.EnumerateArray().Where(value => value.ValueKind == JsonValueKind.String).Select(value => value.GetString()!),
                    JsonValueKind.String => [header.Value.GetString()!],
                    _ => [],
                });
            }
        }

        return united.Count == 0 ? null : JsonSerializer.SerializeToElement(
            united.ToDictionary(header => header.Key, header => header.Value.ToArray()), ApiJsonContext.Readable.DictionaryStringStringArray);
    }

    private static int Compare(HttpEndpoint? a, HttpEndpoint? b)
    {
        int order = Port(a!).CompareTo(Port(b!));
        order = order != 0 ? order : string.CompareOrdinal(a!.Direction, b!.Direction);
        order = order != 0 ? order : a!.Internal.CompareTo(b!.Internal);
        return order != 0 ? order : string.CompareOrdinal(a!.Endpoint, b!.Endpoint);
    }

    private static int Port(HttpEndpoint endpoint) =>
        int.TryParse(Host(endpoint).AsSpan().TrimStart(':'), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int port) ? port : -1;
}
