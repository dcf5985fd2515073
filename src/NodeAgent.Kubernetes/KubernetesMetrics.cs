// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Kubernetes.Requests;
using NodeAgent.Kubernetes.Watching;

namespace NodeAgent.Kubernetes;

/// <summary>The instruments of this project. They read what reflectors count.</summary>
public sealed class KubernetesMetrics : IDisposable
{
    public const string MeterName = "NodeAgent.Kubernetes";

    private readonly Meter _meter = new(MeterName);
    private readonly IReadOnlyList<IReflector> _reflectors;

    /// <param name="reflectors">All that are run; those of one resource are told apart by nothing and are summed by whoever reads.</param>
    /// <param name="client">Through which they and others ask.</param>
    public KubernetesMetrics(IEnumerable<IReflector> reflectors, Kubernetes client)
    {
        _reflectors = [.. reflectors];
        Counter("node_agent_kubernetes_lists_total", "Lists of a resource that were read to their end", c => c.Lists);
        Counter("node_agent_kubernetes_expired_total", "Lists begun again because the API server had forgotten a version or a page", c => c.Expired);
        Counter("node_agent_kubernetes_watches_total", "Watches of a resource that were begun", c => c.Watches);
        Counter("node_agent_kubernetes_silent_watches_total", "Watches that ended without an event or a bookmark", c => c.SilentWatches);
        Counter("node_agent_kubernetes_changes_total", "Changes of objects that were told by watches", c => c.Changes);
        Counter("node_agent_kubernetes_bookmarks_total", "Bookmarks of watches", c => c.Bookmarks);
        Counter("node_agent_kubernetes_malformed_total", "Events and objects that are not what the API promises", c => c.Malformed);
        _meter.CreateObservableCounter("node_agent_kubernetes_failures_total", Failures, null, "Requests that came to nothing, by reason; Forbidden = a permission is missing");
        _meter.CreateObservableGauge(
            "node_agent_kubernetes_missing_permission",
            () => client.MissingPermissions.All.Select(request => new Measurement<long>(1, Tag("verb", request.Verb), Tag("resource", request.Resource))),
            null,
            "1 for each permission that the API server refused when it was last asked");
        _meter.CreateObservableGauge("node_agent_kubernetes_synced", () => PerResource(r => r.HasSynced ? 1 : 0), null, "Whether the first list of a resource was read");
        _meter.CreateObservableGauge(
            "node_agent_kubernetes_contact_age_seconds", () => PerResource(r => (long)r.SinceContact.TotalSeconds), "s", "Time since the API server last told something of a resource");
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, string help, Func<ReflectorCounters, long> read) =>
        _meter.CreateObservableCounter(name, () => PerResource(reflector => read(reflector.Counters)), null, help);

    private IEnumerable<Measurement<long>> PerResource(Func<IReflector, long> read) =>
        _reflectors.GroupBy(r => r.Resource).Select(group => new Measurement<long>(group.Sum(read), Tag("resource", group.Key)));

    private IEnumerable<Measurement<long>> Failures() =>
        from reflector in _reflectors
        from failure in Enum.GetValues<KubernetesFailure>()
        group reflector.Counters.Failures(failure) by (reflector.Resource, failure) into counts
        where counts.Sum() > 0
        select new Measurement<long>(counts.Sum(), Tag("resource", counts.Key.Resource), Tag("reason", counts.Key.failure.ToString()));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
