// SPDX-License-Identifier: Apache-2.0
using System.Net;
using NodeAgent.Kubernetes.Configuration;

namespace NodeAgent.Kubernetes.Requests;

/// <summary>The proxy that the environment names, as Kubernetes' own clients read it.</summary>
/// <remarks>
/// .NET's reading knows no blocks of addresses in NO_PROXY, and clusters leave out their services so. Source: the documentation of
/// HTTPS_PROXY and NO_PROXY in Go's net/http/httpproxy, which kubectl goes by.
/// </remarks>
internal sealed class EnvironmentProxy : IWebProxy
{
    private readonly Uri? _http;
    private readonly Uri? _https;
    private readonly bool _none;
    private readonly List<IPNetwork> _networks = [];
    private readonly List<(string Name, int Port, bool OnlyBelow)> _names = [];

    /// <exception cref="KubeConfigException">A proxy is no URL.</exception>
    public EnvironmentProxy(Func<string, string?> environment)
    {
        _http = Proxy(environment, "HTTP_PROXY");
        _https = Proxy(environment, "HTTPS_PROXY");
        foreach (string text in Text(environment, "NO_PROXY").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            _none |= text == "*";
            if (IPNetwork.TryParse(text, out IPNetwork network))
            {
                _networks.Add(network);
            }
            else
            {
                AddName(text);
            }
        }
    }

    public ICredentials? Credentials { get; set; }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : destination.Scheme == Uri.UriSchemeHttps ? _https : _http;

    public bool IsBypassed(Uri host)
    {
        string name = host.IdnHost.Trim('[', ']').TrimEnd('.');
        IPAddress? address = IPAddress.TryParse(name, out IPAddress? parsed) ? parsed : null;
        return _none || (host.Scheme == Uri.UriSchemeHttps ? _https : _http) is null
            || name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (address is not null && (IPAddress.IsLoopback(address) || _networks.Exists(network => network.Contains(address))))
            || _names.Exists(rule => (rule.Port == 0 || rule.Port == host.Port) && Matches(name, rule.Name, rule.OnlyBelow));
    }

    private static bool Matches(string name, string rule, bool onlyBelow) =>
        (!onlyBelow && name.Equals(rule, StringComparison.OrdinalIgnoreCase)) || name.EndsWith("." + rule, StringComparison.OrdinalIgnoreCase);

    // Shapes: example.org (it and what is below), .example.org and *.example.org (what is below), 10.0.0.1, [::1]:443, each with a port or not.
    private void AddName(string text)
    {
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > 0 && (text.IndexOf(':', StringComparison.Ordinal) == colon || text[colon - 1] == ']')
            && ushort.TryParse(text.AsSpan(colon + 1), out _);
        int port = hasPort ? int.Parse(text.AsSpan(colon + 1), System.Globalization.CultureInfo.InvariantCulture) : 0;
        string name = (hasPort ? text[..colon] : text).Trim('[', ']').TrimEnd('.');
        bool onlyBelow = name.StartsWith('.') || name.StartsWith("*.", StringComparison.Ordinal);
        name = name.TrimStart('*').TrimStart('.');
        if (name.Length != 0)
        {
            _names.Add((IPAddress.TryParse(name, out IPAddress? address) ? address.ToString() : name, port, onlyBelow));
        }
    }

    private static Uri? Proxy(Func<string, string?> environment, string variable)
    {
        string text = Text(environment, variable);
        if (text.Length == 0)
        {
            return null;
        }

        string url = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(url, UriKind.Absolute, out Uri? proxy) && proxy.Scheme is "http" or "https" or "socks5"
            ? proxy
            : throw new KubeConfigException($"{variable} is no URL of http, https or socks5: '{text}'");
    }

    private static string Text(Func<string, string?> environment, string variable) =>
        environment(variable) is { Length: > 0 } upper ? upper : environment(variable.ToLowerInvariant()) ?? string.Empty;
}
