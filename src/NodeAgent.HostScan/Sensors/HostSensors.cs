// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Sensors.Linux;

namespace NodeAgent.HostScan.Sensors;

/// <summary>All sensors, in the order in which a report shows them.</summary>
public static class HostSensors
{
    /// <summary>Without asking the cloud's metadata services anything.</summary>
    public static IReadOnlyList<HostSensor> All { get; } = Create(metadata: null);

    /// <param name="metadata">Null = the cloud's metadata services are not asked.</param>
    public static IReadOnlyList<HostSensor> Create(IMetadataServices? metadata) => [.. LinuxSensors.All, .. KubernetesSensors.Create(metadata)];
}
