// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Names;

/// <summary>Label keys of the profile kinds and of pods.</summary>
public static class KubescapeLabels
{
    public const string ApiGroup = "kubescape.io/workload-api-group";
    public const string ApiVersion = "kubescape.io/workload-api-version";
    public const string Namespace = "kubescape.io/workload-namespace";
    public const string Kind = "kubescape.io/workload-kind";
    public const string Name = "kubescape.io/workload-name";
    public const string ContainerName = "kubescape.io/workload-container-name";
    public const string ResourceVersion = "kubescape.io/workload-resource-version";
    public const string TemplateHash = "kubescape.io/instance-template-hash";
    public const string LearningPeriod = "kubescape.io/learning-period";
    public const string Cluster = "kubescape.io/cluster";
    public const string HostId = "kubescape.io/host-id";
    public const string HostType = "kubescape.io/host-type";

    /// <summary>On pods: the name of a profile that replaces learning.</summary>
    public const string UserDefinedProfile = "kubescape.io/user-defined-profile";

    /// <summary>On pods: replaces the learning period. Shape: Go duration, such as <c>30m</c>.</summary>
    public const string MaxSniffingTime = "kubescape.io/max-sniffing-time";
}
