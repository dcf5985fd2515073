// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Collection;

/// <summary>Port: what is there in the cluster now. Threads: any.</summary>
/// <remarks>Answers: null where it cannot be told, which keeps what is stored.</remarks>
public interface ILiveCluster
{
    /// <summary>Why nothing can be told yet; null: all that follows can be asked.</summary>
    string? NotReady { get; }

    /// <param name="kind">Shape: <c>Deployment</c>; case is ignored, workload ids have it in lower case.</param>
    bool? HasWorkload(string objectNamespace, string kind, string name);

    /// <summary>Whether pods of one version of a workload's template are there; cannot be told of a workload without any pods.</summary>
    bool? HasGeneration(string objectNamespace, string kind, string name, string templateHash);

    /// <param name="image">Shape: a reference with a digest.</param>
    bool? HasImage(string image);

    bool? HasNode(string name);
}
