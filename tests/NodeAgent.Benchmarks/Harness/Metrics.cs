// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace NodeAgent.Benchmarks.Harness;

/// <summary>One reading of the agent's /metrics.</summary>
/// <param name="text">Shape: the Prometheus text format.</param>
internal sealed class Metrics(string text)
{
    private readonly string[] _lines = text.Split('\n');

    /// <returns>Sum of all series of a metric, optionally only those that carry a label text; 0 when there is none.</returns>
    public double Sum(string name, string label = "") =>
        SeriesOf(name, label).Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <returns>The hooks that a sensor is attached with, such as "tracepoint"; empty when it is not attached.</returns>
    public string VariantOf(string sensor)
    {
        string? line = SeriesOf("node_agent_sensor_active", $"sensor=\"{sensor}\"").FirstOrDefault(l => l.EndsWith(" 1", StringComparison.Ordinal));
        const string Label = "variant=\"";
        return line?.Split(Label) is [_, var rest] ? rest[..rest.IndexOf('"', StringComparison.Ordinal)] : string.Empty;
    }

    private IEnumerable<string> SeriesOf(string name, string label) =>
        _lines.Where(l => (l.StartsWith(name + "{", StringComparison.Ordinal) || l.StartsWith(name + " ", StringComparison.Ordinal)) && l.Contains(label, StringComparison.Ordinal));
}
