// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;
using NodeAgent.Storage.Security.Access;

namespace NodeAgent.StorageHost.Cluster;

/// <summary>Whom the API server tells extension servers to trust: the config map <c>kube-system/extension-apiserver-authentication</c>, as it is now.</summary>
/// <remarks>Threads: <see cref="Current"/> any; the rest is called by the reflector. What cannot be read leaves what was there in force. A config map that is gone takes the trust with it.</remarks>
internal sealed class ClusterTrust(ILogger logger) : IResourceSink<V1ConfigMap>
{
    public const string Namespace = "kube-system";
    public const string Name = "extension-apiserver-authentication";

    private volatile ClientTrust? _current;
    private string? _text;
    private bool _listed;

    public ClientTrust Current => _current ?? ClientTrust.Nobody;

    /// <summary>For /readyz.</summary>
    public string? NotReady => _current is null ? $"waiting for config map {Namespace}/{Name}" : null;

    public void BeginList() => _listed = false;

    public void Put(V1ConfigMap item)
    {
        _listed = true;
        Dictionary<string, string> data = item.Data ?? [];
        string text = string.Join('\0', data.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}\0{pair.Value}"));
        if (text == _text && _current is not null)
        {
            return;
        }

        try
        {
            ClientTrust trust = Read(data);
            _current = trust;
            _text = text;
            Log.TrustRead(logger, trust.ClientAuthorities.Count, trust.Proxy?.Authorities.Count ?? 0, string.Join(", ", trust.Proxy?.AllowedNames ?? []));
        }
        catch (Exception error) when (error is CryptographicException or JsonException)
        {
            Log.TrustUnreadable(logger, $"{Namespace}/{Name}", error.Message);
        }
    }

    public void Remove(V1ConfigMap item) => Forget();

    public void EndList()
    {
        if (!_listed)
        {
            Forget();
        }
    }

    /// <exception cref="CryptographicException">An authority is no certificate.</exception>
    /// <exception cref="JsonException">A list is none.</exception>
    internal static ClientTrust Read(IReadOnlyDictionary<string, string> data)
    {
        X509Certificate2Collection proxies = Certificates(data, "requestheader-client-ca-file");
        IReadOnlyList<string> users = List(data, "requestheader-username-headers");

        // Without an authority, or without a header that names the user, no proxy is believed.
        ProxyTrust? proxy = proxies.Count == 0 || users.Count == 0 ? null : new ProxyTrust(
            proxies,
            List(data, "requestheader-allowed-names"),
            users,
            List(data, "requestheader-uid-headers"),
            List(data, "requestheader-group-headers"),
            List(data, "requestheader-extra-headers-prefix"));
        return new ClientTrust(Certificates(data, "client-ca-file"), proxy);
    }

    private static X509Certificate2Collection Certificates(IReadOnlyDictionary<string, string> data, string key)
    {
        var found = new X509Certificate2Collection();
        if (data.TryGetValue(key, out string? pem))
        {
            found.ImportFromPem(pem);
        }

        return found;
    }

    // Shape: a JSON list of texts.
    private static IReadOnlyList<string> List(IReadOnlyDictionary<string, string> data, string key)
    {
        if (!data.TryGetValue(key, out string? text))
        {
            return [];
        }

        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.ValueKind == JsonValueKind.Array && document.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String)
            ? [.. document.RootElement.EnumerateArray().Select(item => item.GetString()!)]
            : throw new JsonException($"{key} is no list of texts");
    }

    private void Forget()
    {
        _current = null;
        _text = null;
        Log.TrustGone(logger, $"{Namespace}/{Name}");
    }
}
