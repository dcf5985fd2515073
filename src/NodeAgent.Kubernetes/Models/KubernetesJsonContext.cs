// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace NodeAgent.Kubernetes.Models;

/// <summary>JSON of what we read from an API server, and of the questions that we put to it. Unknown fields are skipped without being built.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(KubernetesList<V1Pod>), TypeInfoPropertyName = "V1PodList")]
[JsonSerializable(typeof(KubernetesList<V1Service>), TypeInfoPropertyName = "V1ServiceList")]
[JsonSerializable(typeof(KubernetesList<V1EndpointSlice>), TypeInfoPropertyName = "V1EndpointSliceList")]
[JsonSerializable(typeof(KubernetesList<V1Node>), TypeInfoPropertyName = "V1NodeList")]
[JsonSerializable(typeof(KubernetesList<V1PartialObjectMetadata>), TypeInfoPropertyName = "V1PartialObjectMetadataList")]
[JsonSerializable(typeof(KubernetesList<V1ConfigMap>), TypeInfoPropertyName = "V1ConfigMapList")]
[JsonSerializable(typeof(KubernetesList<V1CustomObject>), TypeInfoPropertyName = "V1CustomObjectList")]
[JsonSerializable(typeof(V1TokenReview))]
[JsonSerializable(typeof(V1SubjectAccessReview))]
internal sealed partial class KubernetesJsonContext : JsonSerializerContext;
