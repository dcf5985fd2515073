// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;

namespace NodeAgent.Enrichment.Containers;

/// <summary>Either a path of a cgroup, or metadata of a container together with what it completes.</summary>
/// <param name="CgroupId">Whose answer it is.</param>
/// <param name="Path">Shape: path in the cgroup2 tree.</param>
/// <param name="Container">Whose metadata it is.</param>
/// <param name="Basis">The identity that was known when it was asked.</param>
/// <param name="Found">The completed one.</param>
/// <param name="IsFinal">False while somebody who knows more may answer yet.</param>
public readonly record struct LookupAnswer(
    ulong CgroupId,
    string? Path,
    ContainerInfo? Container,
    ContainerIdentity? Basis,
    ContainerIdentity? Found,
    bool IsFinal);
