// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Kubernetes.Requests;

namespace NodeAgent.Kubernetes.Watching;

/// <summary>What one reflector counts. Written by its task, read by any thread.</summary>
public sealed class ReflectorCounters
{
    private readonly long[] _failures = new long[Enum.GetValues<KubernetesFailure>().Length];

    /// <summary>Lists that were read to their end.</summary>
    public long Lists { get; internal set; }

    /// <summary>Lists begun again because the server had forgotten a version or a page.</summary>
    public long Expired { get; internal set; }

    /// <summary>Watches that ended without an event or a bookmark, which a server in order does not let happen.</summary>
    public long SilentWatches { get; internal set; }

    public long Watches { get; internal set; }

    /// <summary>Objects that were added, changed or removed, by watch.</summary>
    public long Changes { get; internal set; }

    public long Bookmarks { get; internal set; }

    /// <summary>Lines of watches that are no event of the API, and objects without a name.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Objects of the newest list.</summary>
    public long Listed { get; internal set; }

    public long Failures(KubernetesFailure failure) => Volatile.Read(ref _failures[(int)failure]);

    internal void Failed(KubernetesFailure failure) => Interlocked.Increment(ref _failures[(int)failure]);
}
