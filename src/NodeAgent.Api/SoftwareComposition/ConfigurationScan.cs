// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using NodeAgent.Api.Meta;

namespace NodeAgent.Api.SoftwareComposition;

/// <summary>What a posture scanner found in the configuration of one workload.</summary>
public sealed record WorkloadConfigurationScan
{
    public const string KindName = "WorkloadConfigurationScan";
    public const string Plural = "workloadconfigurationscans";

    public string? ApiVersion { get; init; } = SoftwareCompositionGroup.ApiVersion;

    public string? Kind { get; init; } = KindName;

    public ObjectMeta Metadata { get; init; } = new();

    public WorkloadConfigurationScanSpec? Spec { get; init; }
}

public sealed record WorkloadConfigurationScanSpec
{
    /// <summary>Shape: control id to what was found.</summary>
    public IReadOnlyDictionary<string, ScannedControl>? Controls { get; init; }

    public IReadOnlyList<ScannedObject>? RelatedObjects { get; init; }
}

public sealed record ScannedControl
{
    public string? ControlID { get; init; }

    public string? Name { get; init; }

    public ControlSeverity? Severity { get; init; }

    public ControlStatus? Status { get; init; }

    public IReadOnlyList<ScannedRule>? Rules { get; init; }
}

public sealed record ControlSeverity
{
    public string? Severity { get; init; }

    public double? ScoreFactor { get; init; }
}

public sealed record ControlStatus
{
    /// <summary>Shape: <c>passed</c>, <c>failed</c> or <c>skipped</c>.</summary>
    public string? Status { get; init; }

    public string? SubStatus { get; init; }

    public string? Info { get; init; }
}

public sealed record ScannedRule
{
    public string? Name { get; init; }

    public ScannedRuleStatus? Status { get; init; }

    /// <summary>Shape: name to any JSON.</summary>
    public IReadOnlyDictionary<string, JsonElement>? ControlConfigurations { get; init; }

    public IReadOnlyList<ScannedPath>? Paths { get; init; }

    public IReadOnlyList<string>? AppliedIgnoreRules { get; init; }

    public IReadOnlyList<string>? RelatedResourcesIDs { get; init; }
}

public sealed record ScannedRuleStatus
{
    public string? Status { get; init; }

    public string? SubStatus { get; init; }
}

/// <summary>Where in the object it is wrong, and what would mend it.</summary>
public sealed record ScannedPath
{
    public string? FailedPath { get; init; }

    public string? FixPath { get; init; }

    public string? FixPathValue { get; init; }

    public string? FixCommand { get; init; }
}

public sealed record ScannedObject
{
    public string? Namespace { get; init; }

    public string? ApiGroup { get; init; }

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public string? Name { get; init; }
}
