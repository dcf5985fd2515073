// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Assembly;

/// <summary>HTTP requests to the endpoints of profiles: one for each port, path, direction and kind of peer.</summary>
internal static class HttpEndpointBuilder
{
    private const string Inbound = "inbound";
    private const string Outbound = "outbound";

    private static readonly NamedBits Hosts = HttpService.HostBits();
    private static readonly NamedBits[] Headers = HttpService.HeaderBits();

    /// <param name="final">As in <see cref="ContainerProfileBuilder.Spec"/>.</param>
    /// <returns>Sorted; null when no HTTP was seen, which also says "not known".</returns>
    public static IReadOnlyList<HttpEndpoint>? Build(IReadOnlyList<HttpServiceSnapshot> services, PathRules rules, bool final = true)
    {
        HttpEndpoint[] endpoints =
        [
            .. services
                .OrderBy(service => service.Key.Port).ThenBy(service => service.Key.Outbound).ThenBy(service => service.Key.Internal)
                .SelectMany(service => Endpoints(service, rules, final)),
        ];
        return endpoints.Length == 0 ? null : endpoints;
    }

    private static IEnumerable<HttpEndpoint> Endpoints(HttpServiceSnapshot service, PathRules rules, bool final)
    {
        var generalizer = new PathGeneralizer<ulong>(rules);
        foreach ((byte[] path, ulong mask) in service.Paths)
        {
            generalizer.Add(Encoding.UTF8.GetString(path), mask);
        }

        IEnumerable<(string Path, ulong Mask)> requests = final ? generalizer.Final() : generalizer.Collapse(0).OrderBy(request => request.Path, StringComparer.Ordinal);
        return requests.Select(request => new HttpEndpoint
        {
            Endpoint = string.Create(CultureInfo.InvariantCulture, $":{service.Key.Port}{request.Path}"),
            Methods = HttpMethods.ToNames((uint)(request.Mask & HttpMethods.All)),
            Internal = service.Key.Internal,
            Direction = service.Key.Outbound ? Outbound : Inbound,
            Headers = HeadersOf(service, request.Mask),
        });
    }

    // Null: none of those that are kept.
    private static JsonElement? HeadersOf(HttpServiceSnapshot service, ulong mask)
    {
        var headers = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        Add(headers, "Host", Hosts.TextsOf(mask, service.Hosts));
        for (int i = 0; i < Headers.Length; i++)
        {
            Add(headers, HttpHeaders.Names[i], Headers[i].TextsOf(mask, service.HeaderAt(i)));
        }

        return headers.Count == 0 ? null
            : JsonSerializer.SerializeToElement(headers.ToDictionary(), ApiJsonContext.Readable.DictionaryStringStringArray);
    }

    private static void Add(SortedDictionary<string, string[]> headers, string name, IEnumerable<byte[]>? values)
    {
        string[] texts = values is null ? ["*"] : [.. values.Select(value => PathText.FromBytes(value)).Order(StringComparer.Ordinal)];
        if (texts.Length > 0)
        {
            headers[name] = texts;
        }
    }
}
