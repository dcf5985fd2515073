// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Enrichment.Containers.Cri;
using NodeAgent.Enrichment.Containers.Docker;
using NodeAgent.Enrichment.Names;
using NodeAgent.Enrichment.Processes;

namespace NodeAgent.Enrichment;

/// <summary>The instruments of this project. They read plain fields that the event loop's thread writes.</summary>
public sealed class EnrichmentMetrics : IDisposable
{
    public const string MeterName = "NodeAgent.Enrichment";

    private readonly Meter _meter;

    public EnrichmentMetrics(IMeterFactory meters, ProcessTable processes, ContainerTable containers, ContainerLookup lookup, CriSource runtimes, DockerSource engines, DnsNames names)
    {
        _meter = meters.Create(MeterName);
        AddProcesses(processes);
        AddContainers(containers, lookup);
        Counter("node_agent_cri_failures_total", () => runtimes.Failures, "Questions that a container runtime did not answer");
        Counter("node_agent_docker_failures_total", () => engines.Failures, "Questions that Docker or Podman did not answer");
        _meter.CreateObservableGauge("node_agent_dns_names", () => names.Count, description: "Addresses with a name, of all containers");
        Counter("node_agent_dns_names_evicted_total", () => names.Evictions, "Addresses forgotten because a bound was reached");
        Counter("node_agent_dns_malformed_total", () => names.Malformed, "DNS answers that break RFC 1035");
        Counter("node_agent_dns_truncated_total", () => names.Truncated, "DNS answers that were copied only in part");
    }

    public void Dispose() => _meter.Dispose();

    private void AddProcesses(ProcessTable processes)
    {
        _meter.CreateObservableGauge("node_agent_processes", () => processes.Count, description: "Processes in the table, exited ones within their grace included");
        _meter.CreateObservableGauge("node_agent_processes_bytes", () => processes.SizeBytes, "By", "Approximate size of the process table");
        Counter("node_agent_process_placeholders_total", () => processes.PlaceholdersCreated, "Processes whose events came before their description");
        Counter("node_agent_process_pid_reuses_total", () => processes.PidReuses, "Processes whose pid another one holds now");
        Counter("node_agent_process_inferred_exits_total", () => processes.InferredExits, "Ends of processes that were concluded, not seen");
        Counter("node_agent_process_argv_missing_total", () => processes.ArgvMissing, "Running processes whose arguments could not be read");
        _meter.CreateObservableCounter(
            "node_agent_processes_evicted_total",
            () => Enum.GetValues<ProcessEvictionRank>().Select(rank => Ranked(processes.Evictions(rank), rank.ToString())),
            description: "Processes forgotten because a bound was reached");
    }

    private void AddContainers(ContainerTable containers, ContainerLookup lookup)
    {
        _meter.CreateObservableGauge("node_agent_cgroups", () => containers.Count, description: "Cgroups in the table, removed ones within their grace included");
        _meter.CreateObservableGauge("node_agent_workload_units", () => containers.UnitCount, description: "Containers, units and plain cgroups that exist");
        Counter("node_agent_cgroup_misses_total", () => containers.Misses, "Cgroups of events that nothing had told of");
        Counter("node_agent_cgroup_misses_resolved_total", () => containers.MissesResolved, "Of those, how many were found later");
        Counter("node_agent_container_lookup_refused_total", () => lookup.QueueFull, "Questions refused because the lookup queue was full; they are asked again");
        Counter("node_agent_container_lookup_dropped_total", () => containers.LookupsDropped, "Questions given up because too many were waiting");
        Counter("node_agent_container_source_failures_total", () => lookup.SourceFailures, "Metadata sources that failed");
        Counter("node_agent_cgroup_rescans_total", () => lookup.Rescans, "Walks of the cgroup tree in search of unknown cgroups");
        _meter.CreateObservableCounter(
            "node_agent_cgroups_evicted_total",
            () => Enum.GetValues<CgroupEvictionRank>().Select(rank => Ranked(containers.Evictions(rank), rank.ToString())),
            description: "Cgroups forgotten because a bound was reached");
    }

    private void Counter(string name, Func<long> value, string description) =>
        _meter.CreateObservableCounter(name, value, description: description);

    private static Measurement<long> Ranked(long value, string rank) =>
        new(value, new KeyValuePair<string, object?>("reason", rank));
}
