// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization.Metadata;
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.Kubernetes.Requests;

/// <summary>A resource of the API and how it is decoded.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Plural">Shape: <c>pods</c>.</param>
/// <param name="MetadataOnly">Ask the server to leave out all but the metadata.</param>
public sealed record ApiResource<T>(
    string Group,
    string Version,
    string Plural,
    bool MetadataOnly,
    JsonTypeInfo<T> ItemType,
    JsonTypeInfo<KubernetesList<T>> ListType)
    where T : IKubernetesObject
{
    private const string Json = "application/json";

    /// <summary>Shape: <c>pods</c>, <c>endpointslices.discovery.k8s.io</c>.</summary>
    public string QualifiedName => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    // An old or strange server that knows no such view answers whole objects, of which we read the same fields.
    internal string ListAccept => MetadataOnly ? $"{Json};as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{Json}" : Json;

    internal string ItemAccept => MetadataOnly ? $"{Json};as=PartialObjectMetadata;g=meta.k8s.io;v=v1,{Json}" : Json;

    internal string Path(string? ns, string? name = null)
    {
        string root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        string scope = string.IsNullOrEmpty(ns) ? string.Empty : $"/namespaces/{Uri.EscapeDataString(ns)}";
        return $"{root}{scope}/{Plural}{(name is null ? string.Empty : "/" + Uri.EscapeDataString(name))}";
    }
}

/// <summary>The resources that the agent reads.</summary>
public static class ApiResources
{
    private static readonly KubernetesJsonContext Json = KubernetesJsonContext.Default;

    public static ApiResource<V1Pod> Pods { get; } = new(string.Empty, "v1", "pods", false, Json.V1Pod, Json.V1PodList);

    public static ApiResource<V1Service> Services { get; } = new(string.Empty, "v1", "services", false, Json.V1Service, Json.V1ServiceList);

    public static ApiResource<V1Node> Nodes { get; } = new(string.Empty, "v1", "nodes", false, Json.V1Node, Json.V1NodeList);

    public static ApiResource<V1ConfigMap> ConfigMaps { get; } = new(string.Empty, "v1", "configmaps", false, Json.V1ConfigMap, Json.V1ConfigMapList);

    public static ApiResource<V1EndpointSlice> EndpointSlices { get; } =
        new("discovery.k8s.io", "v1", "endpointslices", false, Json.V1EndpointSlice, Json.V1EndpointSliceList);

    public static ApiResource<V1PartialObjectMetadata> ReplicaSets { get; } = Metadata("apps", "v1", "replicasets");

    public static ApiResource<V1PartialObjectMetadata> Jobs { get; } = Metadata("batch", "v1", "jobs");

    public static ApiResource<V1PartialObjectMetadata> ReplicationControllers { get; } = Metadata(string.Empty, "v1", "replicationcontrollers");

    public static ApiResource<V1PartialObjectMetadata> Namespaces { get; } = Metadata(string.Empty, "v1", "namespaces");

    /// <summary>A resource that a definition adds.</summary>
    public static ApiResource<V1CustomObject> Custom(string group, string version, string plural) =>
        new(group, version, plural, false, Json.V1CustomObject, Json.V1CustomObjectList);

    /// <summary>Only the metadata of any resource.</summary>
    public static ApiResource<V1PartialObjectMetadata> Metadata(string group, string version, string plural) =>
        new(group, version, plural, true, Json.V1PartialObjectMetadata, Json.V1PartialObjectMetadataList);
}
