// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>The HTTP that one container speaks, served and asked for. Bounded: with too many ports, ports become "any".</summary>
/// <remarks>The level is the least one at which all services fit, so merging in any order ends in the same set.</remarks>
internal sealed class HttpServiceSet(ProfileBounds bounds, Func<PathRules> rules)
{
    private Dictionary<HttpServiceKey, HttpService> _services = [];

    /// <summary>0 = ports are told apart, 1 = not any more.</summary>
    public int Level { get; private set; }

    public int Overflow => Level + _services.Values.Sum(service => service.Overflow);

    public int PathCount => _services.Values.Sum(service => service.PathCount);

    /// <inheritdoc cref="HttpService.Contains"/>
    public bool Contains(HttpServiceKey key, ReadOnlySpan<byte> path, uint method, ReadOnlySpan<byte> host) =>
        _services.TryGetValue(AtLevel(key), out HttpService? service) && service.Contains(path, method, host);

    public HttpServiceSnapshot[] ToArray() => [.. _services.Select(pair => pair.Value.Capture(pair.Key))];

    public void Unite(IEnumerable<HttpServiceSnapshot> services, int level)
    {
        if (level > Level)
        {
            Generalize();
        }

        foreach (HttpServiceSnapshot service in services)
        {
            At(service.Key).Unite(service);
        }
    }

    /// <returns>What requests to this service are added to; not to be kept.</returns>
    public HttpService At(HttpServiceKey key)
    {
        key = AtLevel(key);
        if (_services.TryGetValue(key, out HttpService? service))
        {
            return service;
        }

        if (Level == 0 && _services.Count >= bounds.MaxHttpServices)
        {
            Generalize();
            return At(key);
        }

        return _services[key] = New();
    }

    private void Generalize()
    {
        HttpServiceSnapshot[] all = ToArray();
        Level = 1;
        _services = [];
        foreach (HttpServiceSnapshot service in all)
        {
            At(service.Key).Unite(service);
        }
    }

    private HttpServiceKey AtLevel(HttpServiceKey key) => Level == 0 ? key : key with { Port = 0 };

    private HttpService New() => new(bounds.MaxHttpPaths, bounds.MaxHttpBytes, rules);
}
