// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace NodeAgent.Kubernetes.Models;

/// <summary>An object of a kind that the API server knows by its definition only.</summary>
public sealed record V1CustomObject : IKubernetesObject
{
    public V1ObjectMeta? Metadata { get; set; }

    public JsonElement? Spec { get; set; }

    public JsonElement? Status { get; set; }
}
