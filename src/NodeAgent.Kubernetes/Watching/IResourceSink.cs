// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Models;

namespace NodeAgent.Kubernetes.Watching;

/// <summary>Takes the objects of one resource as a reflector learns of them. All calls come from that reflector's task, one after the other.</summary>
public interface IResourceSink<in T>
    where T : IKubernetesObject
{
    /// <summary>A list begins: what is not in it by <see cref="EndList"/> is gone. May come again without an end, when a list broke off.</summary>
    void BeginList();

    /// <summary>There is one, new or changed or the same as before.</summary>
    void Put(T item);

    /// <summary>One is gone, or matches the selectors no more.</summary>
    void Remove(T item);

    void EndList();
}
