// SPDX-License-Identifier: Apache-2.0
using NodeAgent.HostScan.Sensors.Linux;

namespace NodeAgent.HostScan.Sensors;

/// <summary>All sensors, in the order in which a report shows them.</summary>
public static class HostSensors
{
    public static IReadOnlyList<HostSensor> All { get; } = LinuxSensors.All;
}
