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

    // Kubescape's endpointDynamicThreshold.
    private static readonly PathThresholds Thresholds = new(100, []);

    /// <param name="final">As in <see cref="ContainerProfileBuilder.Spec"/>.</param>
    /// <returns>Sorted; null when no HTTP was seen, which also says "not known".</returns>
    public static IReadOnlyList<HttpEndpoint>? Build(IReadOnlyList<HttpServiceSnapshot> services, bool final = true)
    {
        HttpEndpoint[] endpoints =
        [
            .. services
                .OrderBy(service => service.Key.Port).ThenBy(service => service.Key.Outbound).ThenBy(service => service.Key.Internal)
                .SelectMany(service => Endpoints(service, final)),
        ];
        return endpoints.Length == 0 ? null : endpoints;
    }

    private static IEnumerable<HttpEndpoint> Endpoints(HttpServiceSnapshot service, bool final)
    {
        var generalizer = new PathGeneralizer(Thresholds);
        foreach ((byte[] path, uint mask) in service.Paths)
        {
            generalizer.Add(Encoding.UTF8.GetString(path), mask);
        }

        IEnumerable<(string Path, uint Mask)> requests = final ? generalizer.Final() : generalizer.Collapse(0).OrderBy(request => request.Path, StringComparer.Ordinal);
        return requests.Select(request => new HttpEndpoint
        {
            Endpoint = string.Create(CultureInfo.InvariantCulture, $":{service.Key.Port}{request.Path}"),
            Methods = HttpMethods.ToNames(request.Mask),
            Internal = service.Key.Internal,
            Direction = service.Key.Outbound ? Outbound : Inbound,
            Headers = Headers(service, request.Mask),
        });
    }

    // Null: HTTP/1.0 names no host.
    private static JsonElement? Headers(HttpServiceSnapshot service, uint mask)
    {
        string[] hosts = (mask & HttpService.AnyHost) != 0
            ? ["*"]
            : [.. service.Hosts.Where((_, i) => (mask >> (HttpMethods.Count + i) & 1) != 0).Select(host => PathText.FromBytes(host)).Order(StringComparer.Ordinal)];
        return hosts.Length == 0
            ? null
            : JsonSerializer.SerializeToElement(new Dictionary<string, string[]> { ["Host"] = hosts }, ApiJsonContext.Readable.DictionaryStringStringArray);
    }
}
