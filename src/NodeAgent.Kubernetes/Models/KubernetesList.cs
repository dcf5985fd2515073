// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;

namespace NodeAgent.Kubernetes.Models;

/// <summary>A page of a list. Source: Kubernetes API conventions, "Lists and Simple kinds".</summary>
public sealed record KubernetesList<T>
    where T : IKubernetesObject
{
    public ListMeta? Metadata { get; set; }

    /// <summary>Null when the server wrote <c>null</c> for none.</summary>
    public List<T?>? Items { get; set; }
}
