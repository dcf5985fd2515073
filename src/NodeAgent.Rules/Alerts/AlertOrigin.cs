// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;

namespace NodeAgent.Rules.Alerts;

/// <summary>Where this agent runs: the part of an alert that never changes. Null = not known, left out.</summary>
public sealed record AlertOrigin
{
    /// <summary>Shape: the node's name in the cluster; stand-alone the host name.</summary>
    public required string NodeName { get; init; }

    public string? HostName { get; init; }

    public string? ClusterName { get; init; }

    public string? ClusterUid { get; init; }

    public string? AgentVersion { get; init; }

    public AlertCloudMetadata? Cloud { get; init; }
}
