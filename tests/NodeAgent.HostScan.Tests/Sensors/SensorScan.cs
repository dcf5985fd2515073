// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Tests.Sensors;

/// <summary>Runs one sensor.</summary>
internal static class SensorScan
{
    public static (TSpec? Spec, string? Problems) Of<TSpec>(HostSensor sensor, JsonTypeInfo<TSpec> type, HostTree tree)
    {
        using HostRoot root = tree.Open();
        return Of(sensor, type, root);
    }

    public static (TSpec? Spec, string? Problems) OfMachine<TSpec>(HostSensor sensor, JsonTypeInfo<TSpec> type)
    {
        using HostRoot root = HostRoot.Open("/");
        return Of(sensor, type, root);
    }

    public static HostDocument Document(HostSensor sensor, HostRoot root) =>
        new HostScanner([sensor], TimeProvider.System, TimeSpan.FromMinutes(1)).Scan(root, "node", TestContext.Current.CancellationToken).Documents[0];

    private static (TSpec? Spec, string? Problems) Of<TSpec>(HostSensor sensor, JsonTypeInfo<TSpec> type, HostRoot root)
    {
        HostDocument document = Document(sensor, root);
        return (document.Spec is { } spec ? spec.Deserialize(type) : default, document.Error);
    }
}
