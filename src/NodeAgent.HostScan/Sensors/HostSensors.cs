// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Sensors.Kubernetes;
using NodeAgent.HostScan.Sensors.Linux;

namespace NodeAgent.HostScan.Sensors;

/// <summary>All sensors, in the order in which a report shows them.</summary>
public static class HostSensors
{
    /// <summary>Without any that asks over the network: for those see <see cref="KubernetesSensors.Create"/>.</summary>
    public static IReadOnlyList<HostSensor> All { get; } = [.. LinuxSensors.All, .. KubernetesSensors.All];
}
