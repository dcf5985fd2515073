// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;
using NodeAgent.Api.Meta;

namespace NodeAgent.Kubernetes.Models;

/// <summary>An object that a reflector can follow.</summary>
public interface IKubernetesObject
{
    V1ObjectMeta? Metadata { get; }
}

/// <summary>The metadata that we read; everything else is passed over while decoding. Source: k8s.io/apimachinery ObjectMeta (v1).</summary>
public sealed record V1ObjectMeta
{
    public string? Name { get; set; }

    public string? Namespace { get; set; }

    public string? Uid { get; set; }

    public string? ResourceVersion { get; set; }

    /// <summary>Counts changes of what is wanted, of those kinds that do; not of the status.</summary>
    public long? Generation { get; set; }

    /// <summary>Set once the object is to go.</summary>
    public string? DeletionTimestamp { get; set; }

    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Only those of <see cref="KnownAnnotations"/>: others can be as large as the object.</summary>
    [JsonConverter(typeof(KnownAnnotations))]
    public Dictionary<string, string>? Annotations { get; set; }

    public List<OwnerReference>? OwnerReferences { get; set; }
}

/// <summary>An object of any kind of which only the metadata was asked for. Source: meta.k8s.io/v1.</summary>
public sealed record V1PartialObjectMetadata : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; set; }
}
