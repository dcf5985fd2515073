// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Profiles;

/// <summary>The instruments of this project. The fields are plain: each is written by one thread and read at a scrape.</summary>
internal sealed class ProfilesMetrics : IDisposable
{
    public const string MeterName = "NodeAgent.Profiles";

    private readonly Meter _meter = new(MeterName);

    public long Learned;
    public long Drifted;
    public long Known;
    public long Unattributed;
    public long Refused;
    public long Unusable;
    public long OfEntrants;
    public long Evicted;
    public long SnapshotsPublished;
    public long SnapshotsReplaced;
    public long AssemblyErrors;
    public long CheckpointsWritten;
    public long CheckpointErrors;
    public long CheckpointsCorrupt;
    public int Profiles;
    public int Learning;
    public int Unresolved;

    public ProfilesMetrics()
    {
        Counter("node_agent_profile_findings_total", () => Learned, "Events that taught a profile something new");
        Counter("node_agent_profile_drift_findings_total", () => Drifted, "Events that a completed profile would have to allow, each once");
        Counter("node_agent_profile_known_events_total", () => Known, "Events that told a profile nothing new");
        Counter("node_agent_profile_unattributed_events_total", () => Unattributed, "Events without a container to learn for");
        Counter("node_agent_profile_refused_events_total", () => Refused, "Events of containers for which there was no room");
        Counter("node_agent_profile_unusable_events_total", () => Unusable, "Opens whose path was cut or does not begin at the root, and HTTP requests whose target was cut or is malformed");
        Counter("node_agent_profile_entrant_events_total", () => OfEntrants, "Opens and executions by who sets a container up, which are no part of its profile");
        Counter("node_agent_profile_evictions_total", () => Evicted, "Idle profiles that were forgotten for want of room");
        Counter("node_agent_profile_snapshots_total", () => SnapshotsPublished, "Profile snapshots handed to the output");
        Counter("node_agent_profile_snapshots_replaced_total", () => SnapshotsReplaced, "Snapshots that a newer one overtook in the output");
        Counter("node_agent_profile_assembly_errors_total", () => AssemblyErrors, "Profiles that could not be assembled");
        Counter("node_agent_profile_checkpoints_total", () => CheckpointsWritten, "Checkpoints written");
        Counter("node_agent_profile_checkpoint_errors_total", () => CheckpointErrors, "Checkpoint operations that the file system refused");
        Counter("node_agent_profile_checkpoints_corrupt_total", () => CheckpointsCorrupt, "Checkpoints that were set aside");
        _meter.CreateObservableGauge("node_agent_profiles", () => Profiles, null, "Profiles in memory");
        _meter.CreateObservableGauge("node_agent_profiles_user_defined_unresolved", () => Unresolved, null, "Containers whose pod names a profile that does not exist");
        _meter.CreateObservableGauge("node_agent_profiles_learning", () => Learning, null, "Profiles that still learn");
    }

    public void Dispose() => _meter.Dispose();

    private void Counter(string name, Func<long> value, string description) => _meter.CreateObservableCounter(name, value, null, description);
}
