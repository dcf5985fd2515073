// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Scanning;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Tests.Sensors;

/// <summary>Runs sensors over a tree.</summary>
internal static class SensorTest
{
    public static HostScanResult Scan(this HostTree tree, params IReadOnlyList<HostSensor> sensors)
    {
        using HostRoot root = tree.Open();
        return new HostScanner(sensors, TimeProvider.System, TimeSpan.FromSeconds(60)).Scan(root, "node-1", TestContext.Current.CancellationToken);
    }

    /// <summary>Shape: <c>value @ source:line</c>; null when there is no such setting.</summary>
    public static string? Setting(this JsonElement spec, string key)
    {
        foreach (JsonElement setting in spec.GetProperty("settings").EnumerateArray())
        {
            if (setting.GetProperty("key").GetString() == key)
            {
                string line = setting.TryGetProperty("line", out JsonElement number) ? ":" + number.GetRawText() : string.Empty;
                return $"{setting.GetProperty("value")} @ {setting.GetProperty("source")}{line}";
            }
        }

        return null;
    }

    /// <summary>Shape: member names with dots between them, numbers for items.</summary>
    public static string? At(this JsonElement spec, string path)
    {
        JsonElement at = spec;
        foreach (string part in path.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Array)
            {
                at = at[int.Parse(part, null)];
            }
            else if (!at.TryGetProperty(part, out at))
            {
                return null;
            }
        }

        return at.ToString();
    }
}
