// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Watching;

/// <summary>What all reflectors show, whatever they follow. Any thread.</summary>
public interface IReflector
{
    /// <summary>Shape: <c>pods</c>, <c>endpointslices.discovery.k8s.io</c>.</summary>
    string Resource { get; }

    ReflectorCounters Counters { get; }

    bool HasSynced { get; }

    /// <summary>Time since the server last said something.</summary>
    TimeSpan SinceContact { get; }

    /// <summary>Works until cancelled. Start it once.</summary>
    Task RunAsync(CancellationToken cancellation);
}
