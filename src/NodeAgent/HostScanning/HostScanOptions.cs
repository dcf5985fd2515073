// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Configuration;
using NodeAgent.Enrichment.Containers;
using NodeAgent.Hosting;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScanning;

/// <summary>How the node is scanned.</summary>
internal sealed record HostScanOptions
{
    public required string NodeName { get; init; }

    public required string ClusterName { get; init; }

    /// <summary>Where the root of the node is mounted.</summary>
    public required string Root { get; init; }

    public required TimeSpan InitialDelay { get; init; }

    public required TimeSpan Interval { get; init; }

    /// <summary>Time between two walks over the node's files; zero = each scan walks.</summary>
    public TimeSpan FilesInterval { get; init; }

    public bool Drift { get; init; } = true;

    public string Checks { get; init; } = string.Empty;

    public string Exceptions { get; init; } = string.Empty;

    /// <summary>Namespace of the object with the results.</summary>
    public required string ObjectNamespace { get; init; }

    /// <summary>Where it is kept what the node was like.</summary>
    public required string BaselineFile { get; init; }

    /// <summary>Whether the cloud's metadata services are asked; else the sensor of them tells what the firmware says.</summary>
    public bool CloudMetadata { get; init; }

    /// <summary>Null = all.</summary>
    public IReadOnlyList<HostSensor>? Sensors { get; init; }

    /// <summary>After this a sensor says what it has so far.</summary>
    public TimeSpan SensorTime { get; init; } = TimeSpan.FromSeconds(10);

    public string AgentVersion { get; init; } = ProductVersion.Text;

    public static HostScanOptions Of(AgentOptions options) => new()
    {
        NodeName = options.NodeName,
        ClusterName = options.ClusterName,
        Root = options.HostRoot,
        InitialDelay = options.HostScan.InitialDelay,
        Interval = options.HostScan.Interval,
        FilesInterval = options.HostScan.FilesInterval,
        Drift = options.HostScan.Drift,
        CloudMetadata = options.HostScan.CloudMetadata,
        Checks = options.HostScan.Checks,
        Exceptions = options.HostScan.Exceptions,
        ObjectNamespace = options.HostScan.Namespace.Length > 0 ? options.HostScan.Namespace : ContainerNaming.StandaloneNamespace,
        BaselineFile = options.InDataDirectory("host-baseline"),
    };
}
