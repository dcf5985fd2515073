// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>How many controls one workload fails, and which.</summary>
public sealed record WorkloadConfigurationScanSummary
{
    public const string KindName = "WorkloadConfigurationScanSummary";
    public const string Plural = "workloadconfigurationscansummaries";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public WorkloadConfigurationScanSummarySpec? Spec { get; init; }
}

public sealed record WorkloadConfigurationScanSummarySpec
{
    public ControlSeverities? Severities { get; init; }

    /// <summary>Shape: control id to its result.</summary>
    public IReadOnlyDictionary<string, ScannedControlSummary>? Controls { get; init; }
}

/// <summary>Units: failed controls.</summary>
public sealed record ControlSeverities
{
    public long Critical { get; init; }

    public long High { get; init; }

    public long Medium { get; init; }

    public long Low { get; init; }

    public long Unknown { get; init; }
}

public sealed record ScannedControlSummary
{
    public string? ControlID { get; init; }

    public ControlSeverity? Severity { get; init; }

    public ControlStatus? Status { get; init; }
}

/// <summary>The failed controls of a namespace, whose name it has; computed, never stored. Cluster-scoped.</summary>
public sealed record ConfigurationScanSummary
{
    public const string KindName = "ConfigurationScanSummary";
    public const string Plural = "configurationscansummaries";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public ConfigurationScanSummarySpec? Spec { get; init; }
}

public sealed record ConfigurationScanSummarySpec
{
    public ControlSeverities? Severities { get; init; }

    public IReadOnlyList<ScanReference>? SummaryRef { get; init; }
}
