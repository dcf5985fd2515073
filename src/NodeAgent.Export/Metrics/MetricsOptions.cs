// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Metrics;

/// <summary>Options of the exposition. Configuration section: <c>metrics</c>.</summary>
public sealed class MetricsOptions
{
    public const string SectionName = "metrics";

    /// <summary>Units: label combinations of one metric. Further ones are left out and counted. Default: 2000.</summary>
    public int MaxSeriesPerMetric { get; set; } = 2000;

    /// <summary>Units: label combinations of all metrics together. Default: 20000.</summary>
    public int MaxSeries { get; set; } = 20_000;

    /// <summary>Shape: the start of the names of the meters that are shown. Default: NodeAgent.</summary>
    public string MeterPrefix { get; set; } = "NodeAgent";
}

/// <summary>Which build this is: the labels of node_agent_build_info.</summary>
public sealed record BuildInfo(string Version, string Revision);
