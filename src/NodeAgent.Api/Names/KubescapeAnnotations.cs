// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Names;

/// <summary>Annotation keys of the profile kinds.</summary>
public static class KubescapeAnnotations
{
    public const string InstanceId = "kubescape.io/instance-id";
    public const string Wlid = "kubescape.io/wlid";
    public const string Status = "kubescape.io/status";
    public const string Completion = "kubescape.io/completion";

    /// <summary>Units: findings.</summary>
    public const string ResourceSize = "kubescape.io/resource-size";
    public const string SyncChecksum = "kubescape.io/sync-checksum";
    public const string ManagedBy = "kubescape.io/managed-by";
    public const string ManagedByUser = "User";
    public const string ImageTag = "kubescape.io/image-tag";
    public const string ImageId = "kubescape.io/image-id";
    public const string ContainerType = "kubescape.io/workload-container-type";
    public const string ReportSeriesId = "kubescape.io/report-series-id";
    public const string PreviousReportTimestamp = "kubescape.io/previous-report-timestamp";
    public const string ReportTimestamp = "kubescape.io/report-timestamp";

    /// <summary>Ours: why a profile is partial. Shape: comma-separated words, such as <c>started-late,events-lost</c>.</summary>
    public const string PartialReason = "node-agent.io/partial-reason";

    /// <summary>Ours: the name of the workload's application profile and neighbourhood.</summary>
    public const string WorkloadSlug = "node-agent.io/workload-slug";

    /// <summary>Ours, of a drift: the name of the container profile.</summary>
    public const string Profile = "node-agent.io/profile";

    /// <summary>Ours, of a drift: the node that saw it; of what several saw, their names with commas between them.</summary>
    public const string Node = "node-agent.io/node";

    /// <summary>Ours, of what a host scan told. Shape: SHA-256 of the content, 64 hex digits.</summary>
    public const string ContentHash = "node-agent.io/content-hash";

    /// <summary>Ours: from the first to the last time at which something was missed. Shape: two times of RFC 3339 with a slash between them.</summary>
    public const string PartialWindow = "node-agent.io/partial-window";

    /// <summary>Ours: what the learner gave up by its bounds. Units: entries.</summary>
    public const string Overflow = "node-agent.io/overflow";

    /// <summary>Ours: how many opens failed while learning. Units: opens.</summary>
    public const string FailedOpens = "node-agent.io/failed-opens";

    /// <summary>Ours: how many TCP connects failed while learning; they are no neighbours. Units: connects.</summary>
    public const string FailedConnects = "node-agent.io/failed-connects";
}

/// <summary>Values of <see cref="KubescapeAnnotations.Status"/>.</summary>
public static class ProfileStatus
{
    public const string Initializing = "initializing";

    /// <summary>Learning, first data written.</summary>
    public const string Ready = "ready";
    public const string Completed = "completed";
    public const string Incomplete = "incomplete";
    public const string Unauthorize = "unauthorize";
    public const string MissingRuntime = "missing-runtime";
    public const string TooLarge = "too-large";
    public const string Failed = "failed";
    public const string UnsupportedSchema = "unsupported-schema";
}

/// <summary>Values of <see cref="KubescapeAnnotations.Completion"/>.</summary>
public static class ProfileCompletion
{
    public const string Partial = "partial";
    public const string Complete = "complete";
}
