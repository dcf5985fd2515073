// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Learning;

namespace NodeAgent.Profiles.Matching;

/// <summary>The HTTP requests that a profile holds: by direction, port and kind of peer, then by path.</summary>
/// <remarks>An endpoint that lists no methods allows all, one without a <c>Host</c> header any host; port 0 is any port.</remarks>
internal sealed class RequestRules
{
    private const string HostHeader = "Host";

    private readonly Dictionary<HttpServiceKey, PathIndex<Allowed[]>> _services = [];
    private readonly byte[][] _hosts;

    public RequestRules(IEnumerable<HttpEndpoint> endpoints)
    {
        endpoints = [.. endpoints];
        _hosts = [.. endpoints.SelectMany(Hosts).Distinct(StringComparer.OrdinalIgnoreCase).Select(Encoding.UTF8.GetBytes)];
        foreach (var service in endpoints.Select(Parse).OfType<(HttpServiceKey Key, string Path, Allowed Allowed)>().GroupBy(one => one.Key))
        {
            _services[service.Key] = new PathIndex<Allowed[]>(service.Select(one => (one.Path, new[] { one.Allowed })), static (a, b) => [.. a, .. b]);
        }
    }

    /// <param name="path">Shape: path text as UTF-8.</param>
    /// <param name="methods">All of them must be allowed.</param>
    /// <param name="host">Shape: lower case; empty = none was named.</param>
    public bool Has(HttpServiceKey service, ReadOnlySpan<byte> path, uint methods, ReadOnlySpan<byte> host) =>
        HasAt(service, path, methods, host) || HasAt(service with { Port = 0 }, path, methods, host);

    /// <summary>For rare questions: looks at each service.</summary>
    /// <param name="endpoint">Shape: <c>:80/path</c>, or the path alone for any port.</param>
    /// <param name="methods">All of them must be allowed; 0 = any.</param>
    public bool HasEndpoint(ReadOnlySpan<byte> endpoint, uint methods, bool isPrefix, bool isSuffix)
    {
        int slash = endpoint.IndexOf((byte)'/');
        ushort port = 0;
        bool hasPort = slash > 1 && endpoint[0] == (byte)':' && ushort.TryParse(endpoint[1..slash], NumberStyles.None, CultureInfo.InvariantCulture, out port);
        ReadOnlySpan<byte> path = hasPort ? endpoint[slash..] : endpoint;
        foreach ((HttpServiceKey service, PathIndex<Allowed[]> paths) in _services)
        {
            if (hasPort && service.Port != 0 && service.Port != port)
            {
                continue;
            }

            if (isPrefix ? paths.AnyLike(path, []) : isSuffix ? paths.AnyLike([], path) : paths.Any(path, new Asked(methods, []), static (allowed, request) => request.IsAllowedByAny(allowed)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether some request named the host.</summary>
    public bool HasHost(ReadOnlySpan<byte> host)
    {
        foreach (byte[] known in _hosts)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(known, host))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>False for an endpoint that names no port and path.</returns>
    internal static bool TryParse(HttpEndpoint endpoint, out HttpServiceKey service, out string path)
    {
        string text = endpoint.Endpoint ?? string.Empty;
        int slash = text.IndexOf('/');
        path = slash < 0 ? string.Empty : text[slash..];
        ushort port = 0;
        bool isPort = slash > 1 && text[0] == ':' && ushort.TryParse(text.AsSpan(1, slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out port);
        service = new HttpServiceKey(port, endpoint.Direction == "outbound", endpoint.Internal);
        return isPort;
    }

    /// <returns>Empty = any host.</returns>
    internal static string[] Hosts(HttpEndpoint endpoint)
    {
        if (endpoint.Headers is not { ValueKind: JsonValueKind.Object } headers || !headers.TryGetProperty(HostHeader, out JsonElement hosts) || hosts.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        string[] all = [.. hosts.EnumerateArray().Where(host => host.ValueKind == JsonValueKind.String).Select(host => host.GetString()!)];
        return all.Contains("*") ? [] : all;
    }

    private static (HttpServiceKey Key, string Path, Allowed Allowed)? Parse(HttpEndpoint endpoint)
    {
        if (!TryParse(endpoint, out HttpServiceKey service, out string path))
        {
            return null;
        }

        uint methods = endpoint.Methods is { Count: > 0 } names ? HttpMethods.OfNames(names) : HttpMethods.All;
        return (service, path, new Allowed(methods, [.. Hosts(endpoint).Select(Encoding.UTF8.GetBytes)]));
    }

    private bool HasAt(HttpServiceKey service, ReadOnlySpan<byte> path, uint methods, ReadOnlySpan<byte> host)
    {
        if (!_services.TryGetValue(service, out PathIndex<Allowed[]>? paths))
        {
            return false;
        }

        var asked = new Asked(methods, host);
        return paths.Any(path, asked, static (allowed, request) => request.IsAllowedByAny(allowed));
    }

    private sealed record Allowed(uint Methods, byte[][] Hosts);

    private readonly ref struct Asked(uint methods, ReadOnlySpan<byte> host)
    {
        private readonly ReadOnlySpan<byte> _host = host;

        public bool IsAllowedByAny(Allowed[] entries)
        {
            foreach (Allowed allowed in entries)
            {
                if (IsAllowedBy(allowed))
                {
                    return true;
                }
            }

            return false;
        }

        private bool IsAllowedBy(Allowed allowed)
        {
            if ((methods & ~allowed.Methods) != 0)
            {
                return false;
            }

            foreach (byte[] known in allowed.Hosts)
            {
                if (_host.SequenceEqual(known))
                {
                    return true;
                }
            }

            return allowed.Hosts.Length == 0 || _host.IsEmpty;
        }
    }
}
