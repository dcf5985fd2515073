// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Storage.Json;
using NodeAgent.Storage.Resources;

namespace NodeAgent.Storage.Collection;

/// <summary>Whether what an object is about is still there.</summary>
internal static class RetentionRules
{
    private const string WlidNamespace = "/namespace-";

    // What people write is never collected: rules, bindings, known servers, collapse configurations.
    private static readonly HashSet<string> Scanned = new(StringComparer.Ordinal)
    {
        SbomSyft.Plural, SbomSyftFiltered.Plural, VulnerabilityManifest.Plural, VulnerabilityManifestSummary.Plural, WorkloadConfigurationScan.Plural,
        WorkloadConfigurationScanSummary.Plural, OpenVulnerabilityExchangeContainer.Plural, SeccompProfile.Plural,
    };

    private static readonly HashSet<string> Learned = new(StringComparer.Ordinal)
    {
        ContainerProfile.Plural, ApplicationProfile.Plural, NetworkNeighborhood.Plural,
    };

    public static bool IsCollected(ResourceDefinition resource, ObjectHeader header) =>
        header.Annotations.GetValueOrDefault(KubescapeAnnotations.ManagedBy) != KubescapeAnnotations.ManagedByUser
        && (Scanned.Contains(resource.Plural) || resource.Group is HostDataGroup.Name or Api.Drift.ProfileDrift.Group

            // A profile without a status was written by a person.
            || (Learned.Contains(resource.Plural) && header.Annotations.ContainsKey(KubescapeAnnotations.Status)));

    /// <returns>One word: what is gone; null: all of it is there, or cannot be told.</returns>
    public static string? GoneReason(ResourceDefinition resource, ObjectHeader header, ILiveCluster cluster)
    {
        if (resource.Group == HostDataGroup.Name)
        {
            return cluster.HasNode(header.Name) == false ? "node-gone" : null;
        }

        (string Namespace, string Kind, string Name)? workload = WorkloadOf(header);
        if (workload is { } named)
        {
            if (cluster.HasWorkload(named.Namespace, named.Kind, named.Name) == false)
            {
                return "workload-gone";
            }

            if (Value(header, KubescapeLabels.TemplateHash) is { } hash && cluster.HasGeneration(named.Namespace, named.Kind, named.Name, hash) == false)
            {
                return "generation-gone";
            }
        }

        if (IsInstanceGone(header, workload?.Kind, cluster))
        {
            return "instance-gone";
        }

        return Value(header, KubescapeAnnotations.ImageId) is { } image && cluster.HasImage(image) == false ? "image-gone" : null;
    }

    // The profile of a CronJob's runs carries the name of one of them, and stays for the others.
    private static bool IsInstanceGone(ObjectHeader header, string? workloadKind, ILiveCluster cluster) =>
        header.Annotations.GetValueOrDefault(KubescapeAnnotations.InstanceId) is { } text && InstanceId.TryParse(text, out InstanceId? id)
        && !string.Equals(workloadKind, "CronJob", StringComparison.OrdinalIgnoreCase)
        && !string.Equals(workloadKind, id.Kind, StringComparison.OrdinalIgnoreCase)
        && cluster.HasWorkload(id.Namespace, id.Kind, id.Name) == false;

    private static (string Namespace, string Kind, string Name)? WorkloadOf(ObjectHeader header)
    {
        if (Value(header, KubescapeLabels.Kind) is { } kind && Value(header, KubescapeLabels.Name) is { } name)
        {
            return (Value(header, KubescapeLabels.Namespace) ?? header.ObjectNamespace, kind, name);
        }

        // Shape: wlid://cluster-C/namespace-NS/KIND-NAME
        string wlid = header.Annotations.GetValueOrDefault(KubescapeAnnotations.Wlid, string.Empty);
        int at = wlid.IndexOf(WlidNamespace, StringComparison.Ordinal);
        string[] parts = at < 0 ? [] : wlid[(at + WlidNamespace.Length)..].Split('/');
        int dash = parts.Length == 2 ? parts[1].IndexOf('-', StringComparison.Ordinal) : -1;
        return dash > 0 && dash < parts[1].Length - 1 ? (parts[0], parts[1][..dash], parts[1][(dash + 1)..]) : null;
    }

    // Writers of the compatible API put some of these here and some there.
    private static string? Value(ObjectHeader header, string key) =>
        (header.Labels.GetValueOrDefault(key) ?? header.Annotations.GetValueOrDefault(key)) is { Length: > 0 } value ? value : null;
}
