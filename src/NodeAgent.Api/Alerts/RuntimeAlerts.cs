// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Api.Alerts;

/// <summary>The envelope in which alerts leave the agent; one line holds one envelope with one alert.</summary>
/// <remarks>Source: the Kubescape HTTP exporter's <c>RuntimeAlerts</c> (kubescape.io/v1).</remarks>
public sealed record RuntimeAlerts
{
    public string Kind { get; init; } = "RuntimeAlerts";

    public string ApiVersion { get; init; } = "kubescape.io/v1";

    public required AlertMetadata Metadata { get; init; }

    public required RuntimeAlertsSpec Spec { get; init; }

    /// <summary>The file whose contents are evidence. Not told: it is for whoever reads the file. Null = there is none.</summary>
    [JsonIgnore]
    public AlertedFile? File { get; init; }
}

/// <summary>Whom the alerts are about.</summary>
/// <param name="Name">The pod; stand-alone the container, unit or machine.</param>
/// <param name="Namespace">Null when there is none.</param>
public sealed record AlertMetadata(string Name, string? Namespace);

public sealed record RuntimeAlertsSpec
{
    public required IReadOnlyList<RuntimeAlert> Alerts { get; init; }

    public AlertProcessTree? ProcessTree { get; init; }

    public AlertCloudMetadata? CloudMetadata { get; init; }
}

/// <summary>Where the node runs, when it is a cloud's.</summary>
public sealed record AlertCloudMetadata
{
    public string? Provider { get; init; }

    public string? Region { get; init; }

    public string? Zone { get; init; }

    [JsonPropertyName("account_id")]
    public string? AccountId { get; init; }

    [JsonPropertyName("instance_id")]
    public string? InstanceId { get; init; }

    [JsonPropertyName("instance_type")]
    public string? InstanceType { get; init; }

    public string? Hostname { get; init; }

    [JsonPropertyName("private_ip")]
    public string? PrivateIp { get; init; }

    [JsonPropertyName("host_type")]
    public string? HostType { get; init; }
}
