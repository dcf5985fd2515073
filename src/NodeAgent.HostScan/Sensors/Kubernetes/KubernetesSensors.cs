// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>Sensors for what Kubernetes and container runtimes have on a node.</summary>
public static class KubernetesSensors
{
    /// <summary>Without asking the cloud's metadata services anything.</summary>
    public static IReadOnlyList<HostSensor> All { get; } = Create(metadata: null);

    /// <param name="metadata">Null = the cloud's metadata services are not asked.</param>
    public static IReadOnlyList<HostSensor> Create(IMetadataServices? metadata) =>
    [
        new KubeletSensor(),
        new KubeProxySensor(),
        new ControlPlaneSensor(),
        new CniSensor(),
        new ContainerRuntimeSensor(),
        new CloudProviderSensor(metadata),
    ];
}
