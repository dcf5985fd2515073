// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Api.Alerts;

/// <summary>One alert. Strings that came from the kernel are <c>ByteText</c>; a null member is left out of the JSON.</summary>
public sealed record RuntimeAlert
{
    /// <summary>Shape: the rule's name.</summary>
    public required string AlertName { get; init; }

    public required AlertArguments Arguments { get; init; }

    /// <summary>The process that did it, as the node's initial pid namespace counts; 0 = not known.</summary>
    [JsonPropertyName("infectedPID")]
    public uint InfectedPid { get; init; }

    [JsonPropertyName("processTreeUniqueID")]
    public uint ProcessTreeUniqueId { get; init; }

    public string? Md5Hash { get; init; }

    public string? Sha1Hash { get; init; }

    /// <summary>Shape: 1 to 10.</summary>
    public int Severity { get; init; }

    /// <summary>Shape: RFC 3339 with nine fractional digits, UTC.</summary>
    public required string Timestamp { get; init; }

    /// <summary>Units: ns within the timestamp's second.</summary>
    public long Nanoseconds { get; init; }

    /// <summary>Shape: MD5 of what makes this alert the same as another, 32 lower-case hex digits.</summary>
    [JsonPropertyName("uniqueID")]
    public required string UniqueId { get; init; }

    public AlertProfileMetadata? ProfileMetadata { get; init; }

    public AlertIdentifiers? Identifiers { get; init; }

    public string? AgentVersion { get; init; }

    public string? RuleDescription { get; init; }

    public string? ClusterName { get; init; }

    [JsonPropertyName("clusterUID")]
    public string? ClusterUid { get; init; }

    public string? ContainerName { get; init; }

    public bool HostNetwork { get; init; }

    public string? Image { get; init; }

    public string? ImageDigest { get; init; }

    public string? Namespace { get; init; }

    public string? NodeName { get; init; }

    [JsonPropertyName("containerID")]
    public string? ContainerId { get; init; }

    public string? PodName { get; init; }

    public string? PodNamespace { get; init; }

    [JsonPropertyName("podUID")]
    public string? PodUid { get; init; }

    public IReadOnlyDictionary<string, string>? PodLabels { get; init; }

    public string? WorkloadName { get; init; }

    public string? WorkloadNamespace { get; init; }

    public string? WorkloadKind { get; init; }

    [JsonPropertyName("workloadUID")]
    public string? WorkloadUid { get; init; }

    /// <summary>Whose rights the pod has.</summary>
    public string? ServiceAccount { get; init; }

    /// <summary>Shape: 0 rule, 1 malware, 2 admission, 3 CDR, 4 HTTP, 5 network scan.</summary>
    public int AlertType { get; init; }

    /// <summary>Shape: 1 = an agent on a node.</summary>
    public int AlertSourcePlatform { get; init; } = 1;

    [JsonPropertyName("ruleID")]
    public required string RuleId { get; init; }

    public bool IsTriggerAlert { get; init; }

    public string? HostName { get; init; }

    public required string Message { get; init; }

    /// <summary>Of an alert about a request to the API server, as are the seven that follow: the kind of what was sent. Null in all others.</summary>
    public AlertGroupVersionKind? Kind { get; init; }

    public string? RequestNamespace { get; init; }

    public string? ObjectName { get; init; }

    public AlertGroupVersionResource? Resource { get; init; }

    /// <summary>Shape: <c>exec</c>.</summary>
    public string? Subresource { get; init; }

    /// <summary>Shape: <c>CONNECT</c>.</summary>
    public string? Operation { get; init; }

    public AlertRequestObject? Object { get; init; }

    /// <summary>Who asked.</summary>
    public AlertUserInfo? UserInfo { get; init; }

    /// <summary>What the process did last before this, oldest first; null = nothing is known of it.</summary>
    public IReadOnlyList<AlertEvent>? RecentEvents { get; init; }
}

/// <summary>The profile an event was judged by.</summary>
public sealed record AlertProfileMetadata
{
    /// <summary>Shape: the profile's status annotation; null when there is no profile.</summary>
    public string? Status { get; init; }

    public string? Completion { get; init; }

    public string? Name { get; init; }

    /// <summary>True when the alert is there because a completed profile does not hold what happened.</summary>
    public bool FailOnProfile { get; init; }

    /// <summary>Shape: 0 = the profile of the container's behaviour.</summary>
    public int Type { get; init; }

    /// <summary>Shape: 0 required, 1 optional, 2 not required.</summary>
    public int ProfileDependency { get; init; }
}
