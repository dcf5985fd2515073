// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Enrichment.Peers;
using NodeAgent.Interop.Platform;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Cluster;

/// <summary>Services as peers, with the ports behind them, which their endpoint slices tell.</summary>
/// <remarks>Two reflectors feed it, each from its own task.</remarks>
internal sealed class ServicePeers
{
    private readonly Lock _lock = new();
    private readonly PeerTable _peers;
    private readonly Dictionary<string, V1Service> _services = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, V1EndpointSlice>> _slices = new(StringComparer.Ordinal);

    public ServicePeers(PeerTable peers)
    {
        _peers = peers;
        Services = new Sink<V1Service>(this, PutService, RemoveService);
        Slices = new Sink<V1EndpointSlice>(this, PutSlice, RemoveSlice);
    }

    public IResourceSink<V1Service> Services { get; }

    public IResourceSink<V1EndpointSlice> Slices { get; }

    private void PutService(V1Service service)
    {
        string key = Key(service.Metadata!.Namespace, service.Metadata.Name!);
        _services[key] = service;
        Tell(key);
    }

    private void RemoveService(V1Service service)
    {
        _services.Remove(Key(service.Metadata!.Namespace, service.Metadata.Name!));
        _peers.Remove(service.Metadata.Uid!, BootClock.NowNs);
    }

    private void PutSlice(V1EndpointSlice slice)
    {
        if (ServiceOf(slice) is { } key)
        {
            Of(key)[slice.Metadata!.Uid!] = slice;
            Tell(key);
        }
    }

    private void RemoveSlice(V1EndpointSlice slice)
    {
        _peers.Remove(slice.Metadata!.Uid!, BootClock.NowNs);
        if (ServiceOf(slice) is { } key && _slices.TryGetValue(key, out Dictionary<string, V1EndpointSlice>? slices) && slices.Remove(slice.Metadata.Uid!))
        {
            if (slices.Count == 0)
            {
                _slices.Remove(key);
            }

            Tell(key);
        }
    }

    /// <summary>Puts a service with all that is known of it into the table.</summary>
    private void Tell(string key)
    {
        ulong now = BootClock.NowNs;
        IReadOnlyCollection<V1EndpointSlice> slices = _slices.TryGetValue(key, out Dictionary<string, V1EndpointSlice>? known) ? known.Values : [];
        V1Service? service = _services.GetValueOrDefault(key);
        if (service is not null)
        {
            _peers.Put(ServiceFacts.Of(service, slices), ServiceFacts.Addresses(service), now);
        }

        PeerRoles roles = ServiceFacts.Roles(key, service);
        foreach (V1EndpointSlice slice in slices)
        {
            _peers.Put(ServiceFacts.OfSlice(slice, roles), ServiceFacts.Addresses(slice, all: roles != PeerRoles.None), now);
        }
    }

    private Dictionary<string, V1EndpointSlice> Of(string key) =>
        _slices.TryGetValue(key, out Dictionary<string, V1EndpointSlice>? slices) ? slices : _slices[key] = new Dictionary<string, V1EndpointSlice>(StringComparer.Ordinal);

    private static string? ServiceOf(V1EndpointSlice slice) =>
        slice.Metadata?.Labels?.GetValueOrDefault(V1EndpointSlice.ServiceNameLabel) is { Length: > 0 } name ? Key(slice.Metadata.Namespace, name) : null;

    private static string Key(string? ns, string name) => $"{ns}/{name}";

    /// <summary>One of the two ways in: takes turns with the other, and forgets what a new list does not hold.</summary>
    private sealed class Sink<T>(ServicePeers owner, Action<T> put, Action<T> remove) : IResourceSink<T>
        where T : IKubernetesObject
    {
        private readonly Dictionary<string, T> _known = new(StringComparer.Ordinal);
        private HashSet<string>? _listed;

        public void BeginList() => _listed = new HashSet<string>(StringComparer.Ordinal);

        public void Put(T item)
        {
            lock (owner._lock)
            {
                _listed?.Add(item.Metadata!.Uid!);
                _known[item.Metadata!.Uid!] = item;
                put(item);
            }
        }

        public void Remove(T item)
        {
            lock (owner._lock)
            {
                _known.Remove(item.Metadata!.Uid!);
                remove(item);
            }
        }

        public void EndList()
        {
            lock (owner._lock)
            {
                foreach (T item in _known.Values.Where(item => !_listed!.Contains(item.Metadata!.Uid!)).ToArray())
                {
                    _known.Remove(item.Metadata!.Uid!);
                    remove(item);
                }
            }

            _listed = null;
        }
    }
}
